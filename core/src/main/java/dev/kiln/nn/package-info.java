/** Modules, layers, losses, and the initialization of their parameters. */
@NullMarked
package dev.kiln.nn;

import org.jspecify.annotations.NullMarked;
