/**
 * Convolutional nets as they were published, scaled to images {@code [n, 1, 28, 28]} in ten
 * classes: each a file to be read from top to bottom.
 */
@NullMarked
package dev.kiln.examples.mnist.nets;

import org.jspecify.annotations.NullMarked;
