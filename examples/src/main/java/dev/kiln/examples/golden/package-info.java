/** The self-test: cases computed by PyTorch, run on a device and compared. */
@NullMarked
package dev.kiln.examples.golden;

import org.jspecify.annotations.NullMarked;
