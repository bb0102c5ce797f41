/** What a backend is: buffers, and the families of operations on them, in plain numbers. */
@NullMarked
package dev.kiln.backend;

import org.jspecify.annotations.NullMarked;
