package dev.kiln.backend;

/**
 * Stochastic gradient descent as in PyTorch: {@code g = gradient + weightDecay · parameter}; with
 * momentum {@code v = momentum · v + (1 - dampening) · g} ({@code v = g} on the first step), {@code
 * g = nesterov ? g + momentum · v : v}; {@code parameter -= lr · g}.
 *
 * @param first whether this is the parameter's first step: the velocity is written, not read
 */
public record SgdSpec(
    float lr,
    float momentum,
    float dampening,
    float weightDecay,
    boolean nesterov,
    boolean first) {}
