/** File formats of tensors. */
@NullMarked
package dev.kiln.io;

import org.jspecify.annotations.NullMarked;
