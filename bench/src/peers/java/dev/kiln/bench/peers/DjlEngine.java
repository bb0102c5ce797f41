package dev.kiln.bench.peers;

import ai.djl.ndarray.NDManager;
import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.Engines;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.BatchNormWork;
import dev.kiln.bench.work.ConvWork;
import dev.kiln.bench.work.ElementwiseWork;
import dev.kiln.bench.work.GemmWork;
import dev.kiln.bench.work.OptimizerWork;
import dev.kiln.bench.work.PoolWork;
import dev.kiln.bench.work.RecurrentWork;
import dev.kiln.bench.work.RowsWork;
import dev.kiln.bench.work.TrainWork;
import dev.kiln.bench.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PyTorch's own kernels on the CPU, through DJL. */
final class DjlEngine implements Engine {
  static final String PYTORCH = "PyTorch";

  private final NDManager manager;
  private final List<DjlStep> steps = new ArrayList<>();

  DjlEngine() {
    // read when the engine is loaded
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(Engines.threads()));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    manager = NDManager.newBaseManager(PYTORCH);
  }

  @Override
  public String description() {
    return "DJL with PyTorch "
        + ai.djl.engine.Engine.getEngine(PYTORCH).getVersion()
        + ", "
        + Engines.threads()
        + " threads";
  }

  @Override
  public Optional<Task> prepare(Work work) {
    return Optional.of(task(work));
  }

  private Task task(Work work) {
    DjlOps ops = new DjlOps(manager);
    if (work instanceof GemmWork gemm) {
      return ops.gemm(gemm);
    }
    if (work instanceof ConvWork conv) {
      return ops.conv(conv);
    }
    if (work instanceof PoolWork pool) {
      return ops.pool(pool);
    }
    if (work instanceof ElementwiseWork elementwise) {
      return ops.elementwise(elementwise);
    }
    if (work instanceof RowsWork rows) {
      return ops.rows(rows);
    }
    if (work instanceof BatchNormWork norm) {
      return ops.batchNorm(norm);
    }
    if (work instanceof RecurrentWork recurrent) {
      return DjlRecurrent.task(manager, recurrent);
    }
    if (work instanceof OptimizerWork optimizer) {
      return new DjlOptimizer(manager, optimizer);
    }
    DjlStep step = new DjlStep(PYTORCH, (TrainWork) work);
    steps.add(step);
    return step;
  }

  @Override
  public void close() {
    steps.forEach(DjlStep::close);
    manager.close();
  }
}
