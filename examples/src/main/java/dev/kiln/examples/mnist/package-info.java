/** MNIST: where its files come from, and the networks that learn it. */
@NullMarked
package dev.kiln.examples.mnist;

import org.jspecify.annotations.NullMarked;
