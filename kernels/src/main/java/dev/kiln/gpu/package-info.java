/**
 * The GPU backend, written once for both APIs: choice of kernels, memory pool, kernel library, and
 * the driver that it stands on.
 */
@NullMarked
package dev.kiln.gpu;

import org.jspecify.annotations.NullMarked;
