package dev.kiln.backend;

/**
 * @param rows {@code n} is the number of classes
 * @param ignoreIndex rows with this target count for nothing
 * @param labelSmoothing from 0 to 1
 */
public record CrossEntropySpec(Rows rows, int ignoreIndex, float labelSmoothing) {}
