/** What a GPU API does for the backend, and nothing about tensors: memory, programs, launches. */
@NullMarked
package dev.kiln.gpu.driver;

import org.jspecify.annotations.NullMarked;
