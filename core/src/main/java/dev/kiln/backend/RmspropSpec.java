package dev.kiln.backend;

/**
 * RMSprop (Hinton 2012) as in PyTorch: {@code g = gradient + decay · parameter}; {@code squares =
 * keep · squares + take · g²}; {@code move = g / (sqrt(squares) + eps)}. Centered: {@code mean =
 * keep · mean + take · g}, and the root is of {@code max(0, squares - mean²)}. With momentum {@code
 * move = velocity = momentum · velocity + move}. {@code parameter -= lr · move}.
 *
 * @param take {@code 1 - keep}, rounded once
 */
public record RmspropSpec(
    float lr, float keep, float take, float eps, float momentum, float decay) {}
