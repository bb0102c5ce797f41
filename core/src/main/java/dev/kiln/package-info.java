/** Tensors, their shapes, and the devices that they live on. */
@NullMarked
package dev.kiln;

import org.jspecify.annotations.NullMarked;
