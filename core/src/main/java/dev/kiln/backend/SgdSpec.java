package dev.kiln.backend;

/**
 * Stochastic gradient descent as in PyTorch: {@code g = gradient + decay · parameter}; with
 * momentum {@code v = momentum · v + take · g} ({@code v = g} on the first step), {@code g =
 * nesterov ? g + momentum · v : v}; {@code parameter -= lr · g}.
 *
 * @param take {@code 1 - dampening}, and 1 on the first step
 * @param first whether this is the parameters' first step, at which the velocity is 0: it need not
 *     be read
 */
public record SgdSpec(
    float lr, float momentum, float take, float decay, boolean nesterov, boolean first) {}
