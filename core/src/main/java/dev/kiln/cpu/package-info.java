/**
 * The CPU backend, in pure Java: with the Vector API where the JVM has it, with plain loops
 * elsewhere.
 */
@NullMarked
package dev.kiln.cpu;

import org.jspecify.annotations.NullMarked;
