/** A noisy curve fitted by several optimizers side by side. */
@NullMarked
package dev.kiln.examples.regression;

import org.jspecify.annotations.NullMarked;
