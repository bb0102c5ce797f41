/** The OpenCL driver: the only place that sees JOCL. */
@NullMarked
package dev.kiln.gpu.opencl;

import org.jspecify.annotations.NullMarked;
