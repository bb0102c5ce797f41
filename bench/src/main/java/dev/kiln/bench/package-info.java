/** Benchmarks. */
@NullMarked
package dev.kiln.bench;

import org.jspecify.annotations.NullMarked;
