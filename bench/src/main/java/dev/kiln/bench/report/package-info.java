/** Turns what the benchmarks measured into tables and charts. */
@NullMarked
package dev.kiln.bench.report;

import org.jspecify.annotations.NullMarked;
