/** Tensors in files: safetensors, and NumPy's npy and npz. */
@NullMarked
package dev.kiln.io;

import org.jspecify.annotations.NullMarked;
