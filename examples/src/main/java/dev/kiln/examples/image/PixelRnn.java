package dev.kiln.examples.image;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.Module;
import dev.kiln.ops.Concat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Foretells an image pixel by pixel, row by row, as in van den Oord, Kalchbrenner and Kavukcuoglu
 * 2016: an LSTM reads the rows above, a row at a step, and a masked net the pixels to the left. So
 * the chance of an image is the product of those of its pixels, and drawing one is drawing one
 * pixel after the other.
 */
final class PixelRnn extends Module {
  static final int SIDE = 28;

  /** Units for each pixel of a row in the masked net. */
  private static final int UNITS = 8;

  private final Lstm rows;
  private final Linear above;
  private final Module left = child("left", new MaskedLinear(SIDE, 1, UNITS, false));
  private final Module out = child("out", new MaskedLinear(SIDE, UNITS, 1, true));

  PixelRnn(int hidden) {
    rows = child("rows", new Lstm(SIDE, hidden).batchFirst());
    above = child("above", new Linear(hidden, SIDE * UNITS));
  }

  /** Images {@code [n, 28, 28]} of zeros and ones to the logits of their pixels. */
  @Override
  public Tensor forward(Tensor images) {
    Tensor first = Tensor.zeros(images.device(), images.dim(0), 1, SIDE);
    // each row is foretold from those before it
    Tensor before = Concat.apply(List.of(first, images.slice(1, 0, SIDE - 1)), 1);
    return row(rows.forward(before), images);
  }

  private Tensor row(Tensor seen, Tensor pixels) {
    return out.forward(above.forward(seen, left.forward(pixels), Unary.RELU));
  }

  /**
   * Draws images, {@code [n, 1, 28, 28]}, of zeros and ones.
   *
   * @param numbers decides each pixel
   */
  float[] draw(Device device, Generator numbers, int n) {
    float[] images = new float[n * SIDE * SIDE];
    float[] row = new float[n * SIDE];
    @Nullable Tensor h = null;
    @Nullable Tensor c = null;
    for (int y = 0; y < SIDE; y++) {
      Lstm.Result state = rows.run(Tensor.of(device, row.clone(), n, 1, SIDE), h, c);
      h = state.h();
      c = state.c();
      row = drawRow(device, state.output(), numbers, n);
      for (int i = 0; i < n; i++) {
        System.arraycopy(row, i * SIDE, images, (i * SIDE + y) * SIDE, SIDE);
      }
    }
    return images;
  }

  /** One pixel of all images after the other: what is to its right is not looked at. */
  private float[] drawRow(Device device, Tensor seen, Generator numbers, int n) {
    float[] row = new float[n * SIDE];
    for (int x = 0; x < SIDE; x++) {
      float[] chance = numbers.uniform(n, 0, 1);
      float[] white = row(seen, Tensor.of(device, row.clone(), n, 1, SIDE)).sigmoid().toFloats();
      for (int i = 0; i < n; i++) {
        row[i * SIDE + x] = chance[i] < white[i * SIDE + x] ? 1 : 0;
      }
    }
    return row;
  }
}
