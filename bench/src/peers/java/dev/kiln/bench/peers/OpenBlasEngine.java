package dev.kiln.bench.peers;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.GemmWork;
import dev.kiln.bench.work.Work;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/** Products by OpenBLAS. */
final class OpenBlasEngine implements Engine {
  private final int threads;

  OpenBlasEngine(int threads) {
    this.threads = threads;
    openblas.blas_set_num_threads(threads);
  }

  @Override
  public String description() {
    return openblas.OPENBLAS_VERSION.strip() + ", " + threads + " threads";
  }

  @Override
  public Optional<Task> prepare(Work work) {
    return work instanceof GemmWork gemm ? Optional.of(new Product(gemm)) : Optional.empty();
  }

  private static final class Product implements Task {
    private final GemmWork work;
    private final FloatPointer a;
    private final FloatPointer b;
    private final FloatPointer c;

    Product(GemmWork work) {
      this.work = work;
      a = new FloatPointer(work.a());
      b = new FloatPointer(work.b());
      c = new FloatPointer((long) work.m() * work.n());
    }

    @Override
    public void run() {
      openblas.cblas_sgemm(
          openblas.CblasRowMajor,
          openblas.CblasNoTrans,
          openblas.CblasNoTrans,
          work.m(),
          work.n(),
          work.k(),
          1,
          a,
          work.k(),
          b,
          work.n(),
          0,
          c,
          work.n());
    }

    @Override
    public Map<String, float[]> results() {
      run();
      float[] product = new float[work.m() * work.n()];
      c.get(product);
      return Map.of("product", product);
    }
  }

  @Override
  public void close() {}
}
