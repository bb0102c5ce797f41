/** The counter-based random numbers that weights, dropout masks and shuffles are made of. */
@NullMarked
package dev.kiln.random;

import org.jspecify.annotations.NullMarked;
