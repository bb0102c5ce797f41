/** How long it takes until a process has trained its first step. */
@NullMarked
package dev.kiln.bench.cold;

import org.jspecify.annotations.NullMarked;
