package dev.kiln.backend;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019): {@code g =
 * gradient + decay · parameter} or, decoupled, {@code parameter *= 1 - lr · decay}; {@code m =
 * beta1 · m + (1 - beta1) · g}; {@code v = beta2 · v + (1 - beta2) · g²}; {@code parameter -=
 * stepSize · m / (sqrt(v) / correction + eps)}, where AMSGrad takes the largest {@code v} so far.
 *
 * @param stepSize {@code lr / (1 - beta1^t)}
 * @param correction {@code sqrt(1 - beta2^t)}
 */
public record AdamSpec(
    float lr,
    float beta1,
    float beta2,
    float eps,
    float weightDecay,
    boolean decoupled,
    float stepSize,
    float correction) {}
