/** The works that engines are compared at: their names, their data and their nets. */
@NullMarked
package dev.kiln.bench.work;

import org.jspecify.annotations.NullMarked;
