package dev.kiln.backend;

/**
 * Adadelta (Zeiler 2012): {@code g = gradient + decay · parameter}; {@code squares = keep · squares
 * + take · g²}; {@code move = sqrt(moves + eps) / sqrt(squares + eps) · g}; {@code moves = keep ·
 * moves + take · move²}; {@code parameter -= lr · move}.
 *
 * @param take {@code 1 - keep}, rounded once
 */
public record AdadeltaSpec(float lr, float keep, float take, float eps, float decay) {}
