package dev.kiln.examples.sequence;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Gru;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encoder and decoder: a GRU reads the digits of a number, and from the state at their end another
 * one says its words, the latest of which it is told each time, until it says {@code <eos>}.
 *
 * <p>Parameters: {@code digits}, {@code encoder}, {@code words}, {@code decoder} and {@code fc}.
 */
final class Translator extends Module {
  /** One more than the longest number has, with its {@code <eos>}. */
  private static final int MOST_WORDS = 12;

  private static final int FEATURES = 32;
  private static final int BEGIN = Numeral.WORDS.id(Numeral.BEGIN);
  private static final int END = Numeral.WORDS.id(Numeral.END_OF_SENTENCE);

  private final Embedding digits;
  private final Gru encoder;
  private final Embedding words;
  private final Gru decoder;
  private final Linear fc;

  Translator(int hidden) {
    digits = child("digits", new Embedding(Numeral.DIGITS.size(), FEATURES));
    encoder = child("encoder", new Gru(FEATURES, hidden).batchFirst());
    words = child("words", new Embedding(Numeral.WORDS.size(), FEATURES));
    decoder = child("decoder", new Gru(FEATURES, hidden).batchFirst());
    fc = child("fc", new Linear(hidden, Numeral.WORDS.size()));
  }

  /** What the encoder makes of numbers: {@code [1, batch, hidden]}. */
  private Tensor encode(List<Numeral> numerals) {
    Padded input = Padded.of(numerals.stream().map(Numeral::digits).toList(), 0);
    Tensor read = digits.forward(Tensor.of(device(), input.ids(), input.size(), input.steps()));
    return encoder.run(read, null, Tensor.of(device(), input.lengths(), input.size())).h();
  }

  private Device device() {
    return parameters().get(0).device();
  }

  /**
   * Teacher forcing: at each place the decoder is told the right word before it, whatever it said.
   *
   * @return the mean cross entropy of all words and {@code <eos>}
   */
  Tensor loss(List<Numeral> numerals) {
    List<int[]> told = new ArrayList<>();
    List<int[]> wanted = new ArrayList<>();
    for (Numeral numeral : numerals) {
      int[] said = Numeral.WORDS.encode(numeral.words());
      int[] after = new int[said.length + 1];
      after[0] = BEGIN;
      System.arraycopy(said, 0, after, 1, said.length);
      told.add(after);
      int[] before = Arrays.copyOf(said, said.length + 1);
      before[said.length] = END;
      wanted.add(before);
    }
    Padded input = Padded.of(told, END);
    Padded target = Padded.of(wanted, Padded.NO_TARGET);
    Tensor heard = words.forward(Tensor.of(device(), input.ids(), input.size(), input.steps()));
    Tensor logits = fc.forward(decoder.run(heard, encode(numerals), null).output());
    return Losses.crossEntropy(
        logits.reshape(-1, Numeral.WORDS.size()),
        Tensor.of(device(), target.ids(), target.ids().length));
  }

  /** Greedy decoding: the likeliest word each time, up to {@code <eos>}. */
  List<String> translate(List<Numeral> numerals) {
    int n = numerals.size();
    int[][] said = new int[MOST_WORDS][];
    int count = 0;
    try (Tape.Pause pause = Tape.pause();
        Scope scope = device().scope()) {
      Tensor h = encode(numerals);
      int[] latest = new int[n];
      Arrays.fill(latest, BEGIN);
      boolean[] ended = new boolean[n];
      int open = n;
      while (count < MOST_WORDS && open > 0) {
        Gru.Result step = decoder.run(words.forward(Tensor.of(device(), latest, n, 1)), h, null);
        h = step.h();
        latest = fc.forward(step.output()).reshape(n, -1).argmax(1).toInts();
        said[count++] = latest;
        for (int i = 0; i < n; i++) {
          if (latest[i] == END && !ended[i]) {
            ended[i] = true;
            open--;
          }
        }
      }
    }
    List<String> translations = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      translations.add(sentence(said, count, i));
    }
    return translations;
  }

  private static String sentence(int[][] said, int count, int number) {
    int[] words = new int[count];
    int length = 0;
    while (length < count && said[length][number] != END) {
      words[length] = said[length][number];
      length++;
    }
    return Numeral.WORDS.decode(words, 0, length, " ");
  }

  /** The encoder alone, on numbers of one length: {@code [batch, digits]} to its states. */
  @Override
  public Tensor forward(Tensor numbers) {
    return encoder.run(digits.forward(numbers), null, null).h();
  }
}
