package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/**
 * What a recurrent layer reads, for backends that make its products step by step.
 *
 * @param x {@code [rows, features]}
 * @param w {@code [gates · hidden, features]}: input weights
 * @param bias {@code [gates · hidden]}; null for 0
 */
public record RecurrentInput(Buffer x, Buffer w, @Nullable Buffer bias, int features) {}
