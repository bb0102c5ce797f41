package dev.kiln.examples.sequence;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;

/** Has a net write: each character is drawn by the probabilities that the net gives, and read. */
final class Sampler {
  private final Device device;
  private final CharacterModel model;
  private final Vocabulary vocabulary;
  private final double temperature;
  private final Dice dice;

  /**
   * @param temperature the logits are divided by it: below 1 the net dares less; at 0 it always
   *     takes the likeliest character
   */
  Sampler(
      Device device, CharacterModel model, Vocabulary vocabulary, double temperature, Dice dice) {
    this.device = device;
    this.model = model;
    this.vocabulary = vocabulary;
    this.temperature = temperature;
    this.dice = dice;
  }

  /**
   * @param start what the net reads first, at least one character
   * @return {@code length} characters that come after it
   */
  String write(String start, int length) {
    model.eval();
    StringBuilder text = new StringBuilder();
    try (Tape.Pause pause = Tape.pause();
        CarriedState carried = new CarriedState()) {
      int[] next = vocabulary.encodeCharacters(start);
      for (int i = 0; i < length; i++) {
        try (Scope scope = device.scope()) {
          CharacterModel.Answer answer =
              model.read(Tensor.of(device, next, 1, next.length), carried.get());
          float[] logits = answer.logits().slice(0, next.length - 1, next.length).toFloats();
          carried.set(scope, answer.state());
          int drawn = draw(logits, temperature, dice.uniform());
          text.append(vocabulary.symbol(drawn));
          next = new int[] {drawn};
        }
      }
    }
    return text.toString();
  }

  /**
   * The class at which the probabilities, added up from the first, pass {@code uniform}.
   *
   * @param uniform from 0 up to 1
   */
  static int draw(float[] logits, double temperature, double uniform) {
    int likeliest = 0;
    for (int i = 1; i < logits.length; i++) {
      likeliest = logits[i] > logits[likeliest] ? i : likeliest;
    }
    if (temperature == 0) {
      return likeliest;
    }
    double[] weights = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      // StrictMath: the same text on every JVM
      weights[i] = StrictMath.exp((logits[i] - logits[likeliest]) / temperature);
      sum += weights[i];
    }
    double left = uniform * sum;
    for (int i = 0; i < weights.length; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return likeliest;
  }
}
