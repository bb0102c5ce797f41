package dev.kiln.backend;

/**
 * Adagrad (Duchi, Hazan and Singer 2011): {@code g = gradient + decay · parameter}; {@code sum +=
 * g²}; {@code parameter -= lr · g / (sqrt(sum) + eps)}.
 */
public record AdagradSpec(float lr, float eps, float decay) {}
