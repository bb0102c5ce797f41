/** The GPU backend, written once for both APIs: choice of kernels, memory pool, kernel library. */
@NullMarked
package dev.kiln.gpu;

import org.jspecify.annotations.NullMarked;
