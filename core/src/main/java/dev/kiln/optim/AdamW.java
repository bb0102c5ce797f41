package dev.kiln.optim;

import dev.kiln.Tensor;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019): {@code p *= 1 - lr · weightDecay}
 * before each step. Unless told: betas 0.9 and 0.999, eps 1e-8, weight decay 0.01.
 */
public final class AdamW extends Adam {
  public AdamW(List<Tensor> parameters, double lr) {
    super(parameters, lr, 0.01, true);
  }
}
