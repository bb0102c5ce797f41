package dev.kiln.gpu.driver;

/**
 * What a device says of itself.
 *
 * @param api "OpenCL" or "CUDA"
 * @param name the device's own name
 * @param vendor who made it
 * @param version the driver's version, for messages
 * @param isCpu whether the device is a CPU behind a GPU API (PoCL): it wants kernels without local
 *     memory and barriers
 * @param computeUnits multiprocessors or compute units
 * @param memoryBytes all of its memory
 * @param maxAllocationBytes the largest single allocation
 * @param localMemoryBytes local (shared) memory per work-group
 * @param maxWorkGroup the most work-items in a group
 * @param alignmentBytes what the offset of a view must be a multiple of; 16 at least, so that
 *     kernels may load float4 from the start of any memory
 * @param computeCapability major * 10 + minor on CUDA, 0 on OpenCL
 * @param vectorWidth floats in the widest vector of one work-item; 1 on GPUs, whose vectors run
 *     over work-items
 */
public record DriverInfo(
    String api,
    String name,
    String vendor,
    String version,
    boolean isCpu,
    int computeUnits,
    long memoryBytes,
    long maxAllocationBytes,
    long localMemoryBytes,
    int maxWorkGroup,
    int alignmentBytes,
    int computeCapability,
    int vectorWidth) {}
