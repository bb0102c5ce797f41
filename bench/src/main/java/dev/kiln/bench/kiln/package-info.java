/** Kiln as an engine. */
@NullMarked
package dev.kiln.bench.kiln;

import org.jspecify.annotations.NullMarked;
