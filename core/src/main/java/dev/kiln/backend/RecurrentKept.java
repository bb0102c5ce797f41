package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/**
 * What a recurrent layer's forward pass keeps for its backward pass, a row a step. Rows past a
 * sequence's length are 0.
 *
 * @param gates {@code [rows, gates · hidden]}: the gates after their sigmoid, tanh or ReLU
 * @param previous {@code [rows, hidden]}: the hidden state that the step began with
 * @param cells {@code [rows, hidden]}: the cell state that the step began with; LSTM only
 * @param product {@code [rows, hidden]}: {@code U_n h' + u_n} for GRU, {@code r ∘ h'} for GRU with
 *     the reset first; null for others
 */
public record RecurrentKept(
    Buffer gates, Buffer previous, @Nullable Buffer cells, @Nullable Buffer product) {}
