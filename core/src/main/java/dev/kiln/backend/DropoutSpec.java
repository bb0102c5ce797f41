package dev.kiln.backend;

/**
 * A draw of Philox 4x32-10 (Salmon et al. 2011): the uniform number {@code j} is lane {@code j % 4}
 * of the block with counter {@code (j / 4, 0, low word of stream, high word of stream)} and key
 * {@code (low word of seed, high word of seed)}, made a float by {@code (bits >>> 8) · 2^-24}.
 *
 * @param inner elements that share a number: 1, or the pixels of a channel for dropout2d
 * @param p the chance of a zero, {@code 0 <= p < 1}; an op settles {@code p = 1} itself
 */
public record DropoutSpec(int inner, float p, long seed, long stream) {}
