package dev.kiln.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bench.work.GemmWork;
import dev.kiln.bench.work.Work;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class AgreementTest {
  private static final GemmWork WORK = (GemmWork) Work.parse("sgemm-9x50x7");

  /** Multiplies as it pleases. */
  private record Fake(UnaryOperator<float[]> a, UnaryOperator<float[]> product) implements Engine {
    @Override
    public String description() {
      return "a fake";
    }

    @Override
    public Optional<Task> prepare(Work work) {
      if (!(work instanceof GemmWork gemm)) {
        return Optional.empty();
      }
      return Optional.of(
          new Task() {
            @Override
            public void run() {}

            @Override
            public Map<String, float[]> results() {
              return Map.of("product", product.apply(multiply(gemm)));
            }
          });
    }

    private float[] multiply(GemmWork gemm) {
      float[] left = a.apply(gemm.a());
      float[] right = gemm.b();
      float[] c = new float[gemm.m() * gemm.n()];
      for (int i = 0; i < c.length; i++) {
        double sum = 0;
        for (int p = 0; p < gemm.k(); p++) {
          sum += (double) left[i / gemm.n() * gemm.k() + p] * right[p * gemm.n() + i % gemm.n()];
        }
        c[i] = (float) sum;
      }
      return c;
    }

    @Override
    public void close() {}
  }

  private static Fake product(UnaryOperator<float[]> change) {
    return new Fake(UnaryOperator.identity(), change);
  }

  private static Engines.Agreed prepare(Engine engine) {
    return Engines.prepare(engine, "fake", WORK, Reference::compute);
  }

  @Test
  void rightNumbersAreAccepted() {
    assertThat(prepare(product(UnaryOperator.identity())).report())
        .startsWith("# fake is a fake; sgemm-9x50x7: its numbers agree");
  }

  @Test
  void oneWrongNumberIsRefusedWithTheDifference() {
    Fake engine =
        product(
            c -> {
              c[40] += 0.125f;
              return c;
            });
    assertThatThrownBy(() -> prepare(engine))
        .isInstanceOf(DisagreementException.class)
        .hasMessageMatching(
            "engine fake, work sgemm-9x50x7: the product differs from the reference by 0\\.125 and"
                + " may by [0-9.e-]+: number 40 is .* and should be .*");
  }

  @Test
  void notANumberIsRefused() {
    Fake engine =
        product(
            c -> {
              c[3] = Float.NaN;
              return c;
            });
    assertThatThrownBy(() -> prepare(engine))
        .isInstanceOf(DisagreementException.class)
        .hasMessageContaining("number 3 is NaN");
  }

  @Test
  void missingNumbersAreRefused() {
    assertThatThrownBy(() -> prepare(product(c -> new float[2])))
        .isInstanceOf(DisagreementException.class)
        .hasMessageEndingWith("the product has 2 numbers and should have 63 numbers");
  }

  @Test
  void productsInTf32AreRefused() {
    Fake engine = new Fake(AgreementTest::tf32, UnaryOperator.identity());
    assertThatThrownBy(() -> prepare(engine)).isInstanceOf(DisagreementException.class);
  }

  private static float[] tf32(float[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      rounded[i] = Float.intBitsToFloat((bits + 0x1000) & ~0x1FFF);
    }
    return rounded;
  }

  @Test
  void whatAnEngineHasNotIsNotTimed() {
    Work other = Work.parse("relu-10");
    Fake engine = product(UnaryOperator.identity());
    assertThatThrownBy(() -> Engines.prepare(engine, "fake", other, Reference::compute))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("engine fake has no work relu-10");
  }

  @Test
  void anUnknownEngineIsAnsweredWithThoseThereAre() {
    assertThatThrownBy(() -> Engines.open("cublas"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is no engine \"cublas\": there are kiln-<device>");
  }

  @Test
  void theReferenceOfAnotherProcessIsTheSame() {
    Work step = Work.parse("mlp-5-4-3-b2");
    Map<String, float[]> here = Reference.compute(step);
    Map<String, float[]> there = Reference.elsewhere(step);
    assertThat(there.keySet()).isEqualTo(here.keySet());
    here.forEach((name, values) -> assertThat(there.get(name)).isEqualTo(values));
  }
}
