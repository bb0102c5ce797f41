/**
 * The operations on tensors: one class for each, or for each tight family, with its checks, its
 * forward and its backward.
 */
@NullMarked
package dev.kiln.ops;

import org.jspecify.annotations.NullMarked;
