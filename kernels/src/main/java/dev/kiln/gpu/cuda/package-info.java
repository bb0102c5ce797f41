/** The CUDA driver: the only place that sees JCuda. */
@NullMarked
package dev.kiln.gpu.cuda;

import org.jspecify.annotations.NullMarked;
