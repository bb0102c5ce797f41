/** What an engine is to a benchmark, and how its numbers are compared before it is timed. */
@NullMarked
package dev.kiln.bench.engine;

import org.jspecify.annotations.NullMarked;
