package dev.kiln.bench.kiln;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.Engines;
import dev.kiln.bench.engine.Reference;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.Work;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small works of every family, once more than they are compared. */
class KilnEngineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sgemm-33",
        "sgemm-5x31x17",
        "conv-2x3x9-f5k3p1",
        "conv-2x4x9-f6k3p1s2g2-train",
        "conv-2x8x7-k3-train",
        "maxpool-2x3x8-k2s2p0-train",
        "avgpool-2x3x8-k3s1p1-train",
        "rnn-b3t4i5h6-train",
        "lstm-b3t4i5h6-fwd",
        "lstm-b3t4i5h6-train",
        "gru-b3t4i5h6-train",
        "add-100",
        "mul-100",
        "relu-100",
        "sigmoid-100",
        "tanh-100",
        "gelu-100",
        "exp-100",
        "softmax-7x13",
        "logsoftmax-7x13",
        "sum-7x13",
        "colsum-7x13",
        "batchnorm-4x3x5",
        "batchnorm-4x3x5-train",
        "adam-3x17",
        "momentum-3x17",
        "mlp-20-16-10-b8",
        "cnn-mnist-b2",
        "inception-mnist-b2",
        "hihello-b1t6h5",
        "hihello-b1t6h5-read2",
        "longseq-b7t5h9x2"
      })
  void itsNumbersAreThoseOfTheReference(String name) {
    Work work = Work.parse(name);
    try (Engine engine = Engines.open("kiln-cpu")) {
      Task task = Engines.prepare(engine, "kiln-cpu", work, Reference::compute).task();
      assertThatCode(task::run).doesNotThrowAnyException();
    }
  }
}
