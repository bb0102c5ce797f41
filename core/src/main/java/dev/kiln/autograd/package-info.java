/** The tape that remembers how a result came about, and gives the gradients of it. */
@NullMarked
package dev.kiln.autograd;

import org.jspecify.annotations.NullMarked;
