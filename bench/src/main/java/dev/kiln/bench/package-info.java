/**
 * Benchmarks that compare engines: a class a family of works, an engine and a work as parameters.
 */
@NullMarked
package dev.kiln.bench;

import org.jspecify.annotations.NullMarked;
