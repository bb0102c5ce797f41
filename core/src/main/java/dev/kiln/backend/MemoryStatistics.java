package dev.kiln.backend;

/**
 * Bytes of a device's pool.
 *
 * @param used in live buffers
 * @param cached released, kept for the next allocation
 * @param peak the largest {@code used} so far
 * @param cap the limit on {@code used + cached}
 */
public record MemoryStatistics(long used, long cached, long peak, long cap) {}
