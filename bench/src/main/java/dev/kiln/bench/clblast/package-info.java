/** CLBlast, the other engine of OpenCL devices; small enough to be there always. */
@NullMarked
package dev.kiln.bench.clblast;

import org.jspecify.annotations.NullMarked;
