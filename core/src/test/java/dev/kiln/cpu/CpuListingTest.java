package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.DType;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Rows;
import dev.kiln.backend.Unary;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuListingTest {
  private final Engine engine = Engine.vector(Workers.shared());
  private final CpuBackend made = new CpuBackend(engine);

  /** Whether the gradient is one of the numbers that the loss saw, or of those that are there. */
  @ParameterizedTest
  @CsvSource({
    // a step's own order; something else is written; the input is; an unknown call
    "6, 5, NOTHING, true",
    "6, 5, OTHER, true",
    "6, 5, INPUT, false",
    "6, 5, PART, false",
    "6, 5, UNKNOWN, false",
    // longer rows, and more than are taken at once
    "6, 40, NOTHING, false",
    "900, 5, NOTHING, false"
  })
  void aGradientGoesOnFromWhatItsLossHasLeft(int rows, int n, Between between, boolean left) {
    CrossEntropySpec spec = new CrossEntropySpec(new Rows(rows, n, 1), -100, 0);
    Buffer x = floats(rows * n);
    Buffer other = floats(2);
    fill(other, 1);
    Buffer one = floats(1);
    Buffer divisor = floats(1);
    Buffer target = classes(rows, n);
    Calls calls = Calls.listed();
    CpuListing listing = new CpuListing(engine, calls);
    Buffer losses = floats(rows);
    Buffer counted = floats(rows);
    Buffer mean = floats(1);
    Buffer actual = floats(rows * n);
    listing.crossEntropy(spec, x, target, null, losses, counted);
    listing.weightedMean(losses, counted, mean, divisor);
    listing.fill(one, 1);
    between.on(listing, x, other, one);
    listing.crossEntropyGradient(spec, x, target, null, one, divisor, actual);
    Runnable[] list = calls.all();

    for (int run = 0; run < 2; run++) {
      fill(x, run);
      for (int i = 0; i < list.length - 1; i++) {
        list[i].run();
      }
      float[] then = gradient(spec, x, target, one, divisor);
      fill(x, 7);
      float[] now = gradient(spec, x, target, one, divisor);
      list[list.length - 1].run();
      assertThat(now).isNotEqualTo(then);
      assertThat(values(actual)).isEqualTo(left ? then : now);
    }
  }

  /** What is called between a loss and its gradient. */
  enum Between {
    NOTHING,
    OTHER,
    INPUT,
    PART,
    UNKNOWN;

    void on(Backend backend, Buffer x, Buffer other, Buffer y) {
      switch (this) {
        case NOTHING -> {}
        case OTHER -> backend.sum(new Rows(1, 2, 1), 1, other, y);
        case INPUT -> backend.fill(x, 0.5f);
        case PART -> backend.fill(backend.view(x, 3, 4), 0.5f);
        case UNKNOWN -> backend.unary(Unary.EXP, x, x);
      }
    }
  }

  private Buffer classes(int rows, int n) {
    IntBuffer classes = IntBuffer.allocate(rows);
    for (int i = 0; i < rows; i++) {
      classes.put(i, i % n);
    }
    Buffer target = made.allocate(DType.INT32, rows);
    made.upload(classes, target);
    return target;
  }

  private Buffer floats(int size) {
    return made.allocate(DType.FLOAT32, size);
  }

  private void fill(Buffer buffer, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FloatBuffer numbers = FloatBuffer.allocate(buffer.size());
    for (int i = 0; i < buffer.size(); i++) {
      numbers.put(i, (float) random.nextDouble(-2, 2));
    }
    made.upload(numbers, buffer);
  }

  private float[] gradient(
      CrossEntropySpec spec, Buffer x, Buffer target, Buffer one, Buffer divisor) {
    Buffer dx = floats(x.size());
    made.crossEntropyGradient(spec, x, target, null, one, divisor, dx);
    return values(dx);
  }

  private float[] values(Buffer buffer) {
    FloatBuffer values = FloatBuffer.allocate(buffer.size());
    made.download(buffer, values);
    return values.array();
  }
}
