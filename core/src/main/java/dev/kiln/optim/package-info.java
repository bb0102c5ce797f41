/** Optimizers. */
@NullMarked
package dev.kiln.optim;

import org.jspecify.annotations.NullMarked;
