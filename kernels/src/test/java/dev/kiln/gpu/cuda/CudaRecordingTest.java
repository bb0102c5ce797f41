package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.cases.RecordingCases;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.nn.Sequential;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recorded steps as CUDA graphs, on the mock driver. */
class CudaRecordingTest extends RecordingCases {
  @AfterAll
  static void reset() {
    MockCuda.reset();
  }

  @Override
  protected Device open() {
    return MockCuda.open();
  }

  @Test
  void aReplayIsOneCall() {
    try (Device device = open();
        Scope all = device.scope()) {
      try (Recording recording = device.record(training(device, net(device)))) {
        recording.run();
        recording.run();
        long before = MockCuda.submissions();
        recording.run();
        assertThat(MockCuda.submissions() - before).isEqualTo(1);
      }
    }
  }

  private static Module net(Device device) {
    Module net = Sequential.of(new Linear(5, 7), new Dropout(0.5), new Linear(7, 3));
    return net.to(device, new Generator(1)).train();
  }

  private static Recording.Step training(Device device, Module net) {
    Tensor x = Tensor.ones(device, 4, 5);
    Tensor target = Tensor.of(device, new int[] {0, 1, 2, 0}, 4);
    Optimizer adam = new Adam(net.parameters(), 1e-2);
    return in -> {
      Tensor loss = Losses.crossEntropy(net.forward(x), target);
      adam.zeroGrad();
      loss.backward();
      adam.step();
      return List.of(loss);
    };
  }

  /** Adam's steps and dropout's masks are those of the runs that took place. */
  @ParameterizedTest
  @CsvSource({"2, true", "2, false", "4, true", "4, false"})
  void aRunThatTheDriverRefusesCountsForNothing(int refused, boolean recordedAfterwards) {
    assertThat(trained(refused, recordedAfterwards)).isEqualTo(trained(0, true));
  }

  private float[] trained(int refused, boolean recordedAfterwards) {
    try (Device device = open();
        Scope all = device.scope()) {
      Module net = net(device);
      Recording.Step step = training(device, net);
      Recording recording = device.record(step);
      for (int run = 1; run <= 6; run++) {
        if (run == refused) {
          MockCuda.refuseGraph(1);
          assertThatThrownBy(recording::run).hasMessageContaining("cuGraphLaunch");
        }
        if (refused > 0 && run >= refused && !recordedAfterwards) {
          try (Scope scope = device.scope()) {
            step.take(List.of());
          }
        } else {
          recording.run();
        }
      }
      return net.parameters().get(0).toFloats();
    }
  }

  /** Work that is queued and not done yet must not see the numbers of later runs. */
  @Test
  void theHostMayBeManyRunsAhead() {
    try (Device device = open();
        Scope all = device.scope()) {
      float[] eager = descend(device, false);
      MockCuda.deferred(true);
      try {
        assertThat(descend(device, true)).isEqualTo(eager);
      } finally {
        MockCuda.deferred(false);
      }
    }
  }

  private static float[] descend(Device device, boolean recorded) {
    Tensor w = Tensor.ones(device, 3).requiresGrad(true);
    Optimizer adam = new Adam(List.of(w), 0.1);
    Recording.Step step =
        in -> {
          Tensor loss = w.mul(w).sum();
          adam.zeroGrad();
          loss.backward();
          adam.step();
          return List.of(loss);
        };
    try (Recording recording = device.record(step)) {
      for (int i = 0; i < 150; i++) {
        try (Scope scope = device.scope()) {
          List<Tensor> results = recorded ? recording.run() : step.take(List.of());
          assertThat(results).hasSize(1);
        }
      }
      return w.toFloats();
    }
  }
}
