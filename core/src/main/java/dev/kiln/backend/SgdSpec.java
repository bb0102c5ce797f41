package dev.kiln.backend;

/**
 * Stochastic gradient descent as in PyTorch: {@code g = gradient + decay · parameter}; with
 * momentum {@code v = momentum · v + take · g} ({@code v = g} on the first step), {@code g =
 * nesterov ? g + momentum · v : v}; {@code parameter -= lr · g}.
 *
 * @param take {@code 1 - dampening}
 * @param first whether this is the parameters' first step: the velocity is written, not read
 */
public record SgdSpec(
    float lr, float momentum, float take, float decay, boolean nesterov, boolean first) {}
