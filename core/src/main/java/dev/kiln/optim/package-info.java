/** Optimizers, learning-rate schedules, the clipping of gradients. */
@NullMarked
package dev.kiln.optim;

import org.jspecify.annotations.NullMarked;
