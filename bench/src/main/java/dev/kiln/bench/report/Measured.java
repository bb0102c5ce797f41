package dev.kiln.bench.report;

import java.util.Map;

/**
 * What one engine took for one work.
 *
 * @param family of works, such as {@code Gemm}
 * @param time in microseconds
 * @param beside what else was measured, by name, with its unit: {@code 3.1 MB}
 */
record Measured(
    String family, String work, String engine, Estimate time, Map<String, String> beside) {}
