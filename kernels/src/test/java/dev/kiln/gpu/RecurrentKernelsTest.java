package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel of recurrent layers, chosen or not, against {@link RecurrentReference}. */
final class RecurrentKernelsTest {
  /** Elements of the states behind and before those of the layer under test. */
  private static final int MARGIN = 12;

  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  /**
   * @param fits the largest hidden size
   * @param way what computes a layer
   */
  private record Variant(
      TestBackend on, String name, Cell cell, int fits, Function<RecurrentSpec, Recurrent> way) {
    @Override
    public String toString() {
      return on + ": " + cell + ", " + name;
    }
  }

  static Stream<Variant> variants() {
    return TestBackend.allWithCuda()
        .flatMap(on -> Stream.of(Cell.values()).flatMap(cell -> variants(on, cell)));
  }

  private static Stream<Variant> variants(TestBackend on, Cell cell) {
    GpuBackend backend = (GpuBackend) on.backend();
    List<Variant> variants = new ArrayList<>();
    variants.add(new Variant(on, "chosen", cell, Integer.MAX_VALUE, spec -> backend));
    if (backend.cpuKernels()) {
      for (int lanes : new int[] {8, 16}) {
        Recurrent wide = new WideRecurrent(backend, RecurrentPlan.text(cell), lanes);
        variants.add(new Variant(on, lanes + " lanes", cell, Integer.MAX_VALUE, spec -> wide));
      }
    } else {
      for (int rows : RecurrentPlan.blocks(cell)) {
        Recurrent steps = RecurrentPlan.steps(cell, rows).on(backend);
        variants.add(new Variant(on, "steps of " + rows, cell, Integer.MAX_VALUE, spec -> steps));
      }
      // OpenCL compiles at run time, and these long: there the least of them stands for all
      int[] sizes = RecurrentPlan.sizes(cell);
      for (int units :
          backend.driver().info().api().equals("OpenCL") ? new int[] {sizes[0]} : sizes) {
        variants.add(
            new Variant(
                on,
                "sequences of " + units,
                cell,
                units,
                spec -> RecurrentPlan.sequence(cell, units, spec.batch() / 2).on(backend)));
      }
    }
    return variants.stream();
  }

  /** What a layer is given besides its input products and weights. */
  private record Given(boolean bias, boolean states, int @Nullable [] lengths, boolean dy) {
    static final Given ALL = new Given(true, true, null, true);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void computesLayersOfAnySize(Variant variant) {
    for (int hidden : new int[] {1, 3, 7, 31, 32, 33, 64, 65, 96, 128, 130, 192}) {
      if (hidden <= variant.fits()) {
        check(variant, plain(variant.cell(), 1, 17, hidden), Given.ALL);
        check(variant, plain(variant.cell(), 5, 1, hidden), Given.ALL);
        check(variant, plain(variant.cell(), 3, hidden % 2 == 0 ? 4 : 17, hidden), Given.ALL);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void startsFromZerosWithoutStatesAndAddsNoBiasThatIsNotThere(Variant variant) {
    check(variant, plain(variant.cell(), 4, 5, 9), new Given(false, false, null, true));
    check(variant, plain(variant.cell(), 4, 5, 9), new Given(true, false, null, true));
    check(variant, plain(variant.cell(), 1, 2, 20), new Given(false, true, null, true));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void endsEachSequenceAtItsLength(Variant variant) {
    int[] lengths = {5, 1, 3, 5, 2, 4};
    for (boolean reverse : new boolean[] {false, true}) {
      for (boolean batchFirst : new boolean[] {false, true}) {
        RecurrentSpec spec =
            new RecurrentSpec(variant.cell(), 5, 6, 10, batchFirst, reverse, 10, 0, 0);
        check(variant, spec, new Given(true, true, lengths, true));
        check(variant, spec, new Given(false, false, lengths, true));
      }
    }
    int[] shorter = {2, 3, 1};
    check(
        variant,
        new RecurrentSpec(variant.cell(), 4, 3, 31, true, true, 31, 0, 0),
        new Given(true, true, shorter, true));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void writesOnlyTheColumnsAndStatesOfItsDirection(Variant variant) {
    check(variant, new RecurrentSpec(variant.cell(), 3, 4, 7, false, false, 14, 0, 0), Given.ALL);
    check(variant, new RecurrentSpec(variant.cell(), 3, 4, 7, true, true, 14, 7, 28), Given.ALL);
    check(variant, new RecurrentSpec(variant.cell(), 2, 18, 29, true, true, 71, 36, 8), Given.ALL);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void goesBackFromTheFinalStatesAlone(Variant variant) {
    check(variant, plain(variant.cell(), 3, 5, 9), new Given(true, true, null, false));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void givesTheSameBitsTwice(Variant variant) {
    RecurrentSpec spec = plain(variant.cell(), 6, 9, Math.min(variant.fits(), 50));
    Given given = new Given(true, true, null, true);
    List<float[]> first = check(variant, spec, given);
    List<float[]> second = check(variant, spec, given);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i)).containsExactly(first.get(i));
    }
  }

  private static RecurrentSpec plain(Cell cell, int steps, int batch, int hidden) {
    return new RecurrentSpec(cell, steps, batch, hidden, false, false, hidden, 0, 0);
  }

  /** Forward with and without what is kept, and back; returns all results. */
  private static List<float[]> check(Variant variant, RecurrentSpec spec, Given given) {
    Recurrent recurrent = variant.way().apply(spec);
    Run run = new Run(variant.on(), spec, given, variant + ", " + spec);
    run.infer(recurrent);
    run.train(recurrent, false);
    run.train(recurrent, true);
    run.release();
    return run.results;
  }

  /** One layer on a device and in the reference. */
  private static final class Run {
    private final TestBackend on;
    private final RecurrentSpec spec;
    private final Given given;
    private final String name;
    private final RecurrentReference reference;
    private final List<Buffer> buffers = new ArrayList<>();
    final List<float[]> results = new ArrayList<>();
    private final int rows;
    private final int stateSize;
    private final boolean lstm;
    private final float[] x;
    private final Buffer w;
    private final @Nullable Buffer bias;
    private final @Nullable Buffer h0;
    private final @Nullable Buffer c0;
    private final @Nullable Buffer lengths;
    private final @Nullable Buffer dy;
    private final Buffer dhn;
    private final @Nullable Buffer dcn;

    Run(TestBackend on, RecurrentSpec spec, Given given, String name) {
      this.on = on;
      this.spec = spec;
      this.given = given;
      this.name = name;
      int hidden = spec.hidden();
      rows = spec.steps() * spec.batch();
      stateSize = spec.stateAt() + spec.batch() * hidden + MARGIN;
      lstm = spec.cell().hasCellState();
      x = TestBackend.random(rows * spec.gateWidth(), 1);
      float[] weights = scaled(TestBackend.random(spec.gateWidth() * hidden, 2), hidden);
      float[] b = given.bias() ? TestBackend.random(spec.gateWidth(), 3) : null;
      float[] h = given.states() ? TestBackend.random(stateSize, 4) : null;
      float[] c = given.states() && lstm ? TestBackend.random(stateSize, 5) : null;
      float[] gradient = given.dy() ? TestBackend.random(rows * spec.width(), 6) : null;
      float[] dhEnd = TestBackend.random(stateSize, 7);
      float[] dcEnd = lstm ? TestBackend.random(stateSize, 8) : null;
      w = on.of(weights);
      buffers.add(w);
      bias = optional(b);
      h0 = optional(h);
      c0 = optional(c);
      dy = optional(gradient);
      dhn = on.of(dhEnd);
      buffers.add(dhn);
      dcn = optional(dcEnd);
      lengths = given.lengths() == null ? null : on.ofInts(given.lengths());
      if (lengths != null) {
        buffers.add(lengths);
      }
      reference = new RecurrentReference(spec, weights, given.lengths(), stateSize);
      reference.forward(x, b, h, c);
      reference.backward(gradient, dhEnd, dcEnd);
    }

    private static float[] scaled(float[] weights, int hidden) {
      for (int i = 0; i < weights.length; i++) {
        weights[i] /= (float) Math.sqrt(hidden);
      }
      return weights;
    }

    private @Nullable Buffer optional(float @Nullable [] values) {
      if (values == null) {
        return null;
      }
      Buffer buffer = on.of(values);
      buffers.add(buffer);
      return buffer;
    }

    private Buffer unwritten(int size) {
      Buffer buffer = on.unwritten(size);
      buffers.add(buffer);
      return buffer;
    }

    void infer(Recurrent recurrent) {
      Buffer given = on.of(x);
      buffers.add(given);
      Buffer y = unwritten(rows * spec.width());
      Buffer hn = unwritten(stateSize);
      Buffer cn = lstm ? unwritten(stateSize) : null;
      recurrent.recurrent(spec, given, w, bias, h0, c0, lengths, y, hn, cn, null);
      compare("y", y, reference.y);
      compare("hn", hn, reference.hn);
      if (cn != null) {
        compare("cn", cn, reference.cn);
      }
      assertThat(on.floats(given)).as("%s: x is only read", name).isEqualTo(x);
    }

    void train(Recurrent recurrent, boolean inPlace) {
      Buffer given = on.of(x);
      buffers.add(given);
      Buffer y = unwritten(rows * spec.width());
      Buffer hn = unwritten(stateSize);
      Buffer cn = lstm ? unwritten(stateSize) : null;
      Buffer gates = inPlace ? given : unwritten(x.length);
      int states = rows * spec.hidden();
      RecurrentKept kept =
          new RecurrentKept(
              gates,
              unwritten(states),
              lstm ? unwritten(states) : null,
              spec.cell().keepsProduct() ? unwritten(states) : null);
      recurrent.recurrent(spec, given, w, bias, h0, c0, lengths, y, hn, cn, kept);
      compare("y", y, reference.y);
      compare("hn", hn, reference.hn);
      compare("gates", gates, reference.gates);
      compare("previous", kept.previous(), reference.previous);
      if (cn != null) {
        compare("cn", cn, reference.cn);
        compare("cells", kept.cells(), reference.cells);
      }
      if (kept.product() != null) {
        compare("product", kept.product(), reference.product);
      }

      Buffer dx = unwritten(x.length);
      Buffer dproduct = spec.cell() == Cell.GRU ? unwritten(x.length) : null;
      Buffer dh0 = unwritten(stateSize);
      Buffer dc0 = lstm ? unwritten(stateSize) : null;
      recurrent.recurrentGradient(
          spec, kept, w, lengths, dy, dhn, dcn, dx, dproduct, inPlace ? null : dh0, dc0);
      compare("dx", dx, reference.dx);
      if (dproduct != null) {
        compare("dproduct", dproduct, reference.dproduct);
      }
      if (!inPlace) {
        compare("dh0", dh0, reference.dh0);
      }
      if (dc0 != null) {
        compare("dc0", dc0, reference.dc0);
      }
    }

    private void compare(String what, @Nullable Buffer actual, double[] expected) {
      float[] values = on.floats(java.util.Objects.requireNonNull(actual));
      results.add(values);
      assertThat(values).as("%s: %s", name, what).hasSize(expected.length);
      for (int i = 0; i < expected.length; i++) {
        double allowed = 4e-6 + 4e-6 * Math.abs(expected[i]);
        boolean unwritten = Double.isNaN(expected[i]) && Float.isNaN(values[i]);
        if (!unwritten && !(Math.abs(values[i] - expected[i]) <= allowed)) {
          assertThat((double) values[i]).as("%s: %s[%d]", name, what, i).isEqualTo(expected[i]);
        }
      }
    }

    void release() {
      buffers.forEach(on.backend()::release);
    }
  }
}
