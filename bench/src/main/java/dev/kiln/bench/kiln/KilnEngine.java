package dev.kiln.bench.kiln;

import dev.kiln.Device;
import dev.kiln.bench.engine.Engine;
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
import java.util.Optional;

/** Kiln on one device, through the API that its users have. */
final class KilnEngine implements Engine {
  private final Device device;
  private final boolean recorded;

  KilnEngine(Device device, boolean recorded) {
    this.device = device;
    this.recorded = recorded;
  }

  @Override
  public String description() {
    String steps = recorded ? ", steps recorded" : "";
    return "Kiln on " + device.info().name() + " (" + device.info().driver() + steps + ")";
  }

  @Override
  public Optional<Task> prepare(Work work) {
    return recorded && !(work instanceof TrainWork) ? Optional.empty() : Optional.of(task(work));
  }

  private Task task(Work work) {
    KilnOps ops = new KilnOps(device);
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
      return KilnRecurrent.task(device, recurrent);
    }
    if (work instanceof OptimizerWork optimizer) {
      return new KilnOptimizer(device, optimizer);
    }
    return new KilnStep(device, (TrainWork) work, recorded);
  }

  @Override
  public void close() {
    device.close();
  }
}
