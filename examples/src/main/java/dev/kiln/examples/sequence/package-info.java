/** Recurrent nets: the demos on characters, words and sequences that they make themselves. */
@NullMarked
package dev.kiln.examples.sequence;

import org.jspecify.annotations.NullMarked;
