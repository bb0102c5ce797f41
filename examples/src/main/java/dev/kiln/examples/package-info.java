/** The {@code kiln} command. */
@NullMarked
package dev.kiln.examples;

import org.jspecify.annotations.NullMarked;
