/** Tensors in files: safetensors and NumPy's npy. */
@NullMarked
package dev.kiln.io;

import org.jspecify.annotations.NullMarked;
