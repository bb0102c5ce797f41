package dev.kiln.backend;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) and AdamW (Loshchilov and Hutter 2019): {@code g =
 * gradient + decay · parameter}; {@code m = keep1 · m + take1 · g}; {@code v = keep2 · v + take2 ·
 * g²}; {@code parameter = shrink · parameter - stepSize · m / (sqrt(v) / correction + eps)}, where
 * AMSGrad takes the largest {@code v} so far.
 *
 * @param keep1 the first beta
 * @param take1 {@code 1 - beta1}, rounded once: in float32 the difference would lose digits
 * @param keep2 the second beta
 * @param take2 {@code 1 - beta2}
 * @param decay the L2 term of Adam; 0 for AdamW
 * @param shrink {@code 1 - lr · weight decay} for AdamW; 1 for Adam
 * @param stepSize {@code lr / (1 - beta1^t)}
 * @param correction {@code sqrt(1 - beta2^t)}
 */
public record AdamSpec(
    float keep1,
    float take1,
    float keep2,
    float take2,
    float eps,
    float decay,
    float shrink,
    float stepSize,
    float correction) {}
