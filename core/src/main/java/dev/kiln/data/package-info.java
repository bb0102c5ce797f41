/** Datasets, and the loader that makes batches of them. */
@NullMarked
package dev.kiln.data;

import org.jspecify.annotations.NullMarked;
