/** Training steps while other programs want the processors too. */
@NullMarked
package dev.kiln.bench.contended;

import org.jspecify.annotations.NullMarked;
