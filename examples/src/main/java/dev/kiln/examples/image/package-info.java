/** Nets that draw: what they learn is a picture rather than a class. */
@NullMarked
package dev.kiln.examples.image;

import org.jspecify.annotations.NullMarked;
