package dev.kiln.examples.sequence;

/**
 * How small cross entropy can get when what it is given as logits cannot be large.
 *
 * <p>Cross entropy puts a softmax over its input. Over {@code k} classes, with an input that lies
 * between {@code low} and {@code high}, the best there is has the right class at {@code high} and
 * all others at {@code low}: the loss is {@code log(1 + (k-1) · e^(low-high))} and not 0.
 */
final class LossBound {
  private LossBound() {}

  /** For an input between {@code low} and {@code high}. */
  static double of(double low, double high, int classes) {
    return Math.log1p((classes - 1) * Math.exp(low - high));
  }

  /** For a tanh, between -1 and 1, as the input: {@code -log(e²/(e²+k-1))}, 0.433 for 5 classes. */
  static double ofTanh(int classes) {
    return of(-1, 1, classes);
  }

  /**
   * For the probabilities of a softmax as the input, between 0 and 1: {@code -log(e/(e+k-1))},
   * 0.905 for 5 classes, were its own input unbounded.
   */
  static double ofSoftmax(int classes) {
    return of(0, 1, classes);
  }

  /** The largest probability that a softmax makes of a tanh: {@code e²/(e²+k-1)}. */
  static double tanhProbability(int classes) {
    return Math.exp(-ofTanh(classes));
  }

  /**
   * For the softmax of a tanh as the input. The right class has at most {@code p = e²/(e²+k-1)},
   * and the others, who add up to {@code 1-p}, weigh least where they are equal: {@code log(1 +
   * (k-1) · e^((1-p)/(k-1) - p))}, 1.189 for 5 classes.
   */
  static double ofSoftmaxOfTanh(int classes) {
    if (classes == 1) {
      return 0;
    }
    double right = tanhProbability(classes);
    return of((1 - right) / (classes - 1), right, classes);
  }
}
