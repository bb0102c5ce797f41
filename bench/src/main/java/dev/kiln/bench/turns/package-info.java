/**
 * Engines that take turns, each in a process of its own: for ratios, whatever the machine's pace.
 */
@NullMarked
package dev.kiln.bench.turns;

import org.jspecify.annotations.NullMarked;
