package dev.kiln.cases;

import static dev.kiln.cases.RecordingCases.CLASSES;
import static dev.kiln.cases.RecordingCases.STEPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.ops.Concat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What recorded steps are given and look up by. A backend's tests extend it with their device. */
public abstract class RecordingInputCases {
  protected abstract Device open();

  @Test
  void anotherShapeIsRefused() {
    try (Device device = open();
        Scope all = device.scope();
        Recording recording = device.record(in -> List.of(in.get(0).relu()))) {
      recording.run(Tensor.ones(device, 2, 3));
      assertThatThrownBy(() -> recording.run(Tensor.ones(device, 3, 2)))
          .isInstanceOf(ShapeException.class)
          .hasMessageContainingAll("input 0", "[3, 2]", "[2, 3]");
      assertThatThrownBy(recording::run).hasMessageContaining("0 inputs");
    }
  }

  @Test
  void eachInputsLabelsAreChecked() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor logits = Tensor.ones(device, 2, 3);
      Recording recording = device.record(in -> List.of(Losses.crossEntropy(logits, in.get(0))));
      try (recording) {
        for (int i = 0; i < 3; i++) {
          recording.run(Tensor.of(device, new int[] {0, i}, 2));
        }
        assertThatThrownBy(() -> recording.run(Tensor.of(device, new int[] {0, 3}, 2)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContainingAll("input 0", "3", "position 1", "0 to 2");
      }
    }
  }

  @Test
  void whatAStepReturnsMayBeTheNextOnesInput() {
    try (Device device = open();
        Scope all = device.scope();
        Recording recording =
            device.record(in -> List.of(in.get(1).add(in.get(0)), in.get(0).mul(2)))) {
      List<Tensor> state = List.of(Tensor.full(device, 1, 2), Tensor.full(device, 2, 2));
      float a = 1;
      float b = 2;
      for (int i = 0; i < STEPS; i++) {
        state = recording.run(state.get(0), state.get(1));
        float sum = a + b;
        b = 2 * a;
        a = sum;
        assertThat(state.get(0).toFloats()).containsOnly(a);
        assertThat(state.get(1).toFloats()).containsOnly(b);
      }
    }
  }

  @Test
  void inputsMayChangePlaces() {
    try (Device device = open();
        Scope all = device.scope();
        Recording recording =
            device.record(in -> List.of(in.get(1).reshape(2), in.get(0), in.get(2).reshape(2)))) {
      List<Tensor> x = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        x.add(Tensor.full(device, i, 2));
      }
      for (int i = 1; i <= STEPS; i++) {
        x = new ArrayList<>(recording.run(x.toArray(new Tensor[0])));
        assertThat(x.get(0).toFloats()).containsOnly(i % 2);
        assertThat(x.get(1).toFloats()).containsOnly(1 - i % 2);
        assertThat(x.get(2).toFloats()).containsOnly(2);
      }
    }
  }

  @Test
  void aTensorOfAnotherDeviceIsRefused() {
    try (Device device = open();
        Device other = Device.open("cpu:scalar");
        Scope all = device.scope();
        Recording recording = device.record(in -> List.of(in.get(0).relu()))) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> recording.run(Tensor.ones(other, 2)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContainingAll("input 0", "cpu:scalar", device.info().id());
        recording.run(Tensor.ones(device, 2));
      }
    }
  }

  /** Labels to be ignored are out of range, and so not known to be right without a look. */
  @Test
  void labelsMayBeOnesToBeIgnored() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor logits = Tensor.of(device, new Generator(1).normal(3 * 4, 0, 1), 3, 4);
      Recording.Step step = in -> List.of(Losses.crossEntropy(logits, in.get(0)));
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 4; i++) {
          Tensor target = Tensor.of(device, new int[] {i, -100, 1}, 3);
          float eager = step.take(List.of(target)).get(0).item();
          assertThat(recording.run(target).get(0).item()).isEqualTo(eager);
        }
      }
    }
  }

  @Test
  void labelsMayHaveBeenComputedBefore() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module rows = new Embedding(5, 3).to(device);
      try (Recording recording = device.record(in -> List.of(rows.forward(in.get(0))))) {
        for (int i = 0; i < 4; i++) {
          Tensor computed =
              Concat.apply(
                  List.of(Tensor.of(device, new int[] {i}, 1), Tensor.of(device, new int[] {4}, 1)),
                  0);
          assertThat(recording.run(computed).get(0).toFloats())
              .isEqualTo(rows.forward(computed).toFloats());
        }
      }
    }
  }

  /** Letters to read and letters to say, out of one input: only what is looked up by is checked. */
  @Test
  void labelsMayBePartsOfAnInput() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module letters = new Embedding(CLASSES, CLASSES).to(device, new Generator(2));
      Recording.Step step =
          in -> {
            Tensor text = in.get(0);
            Tensor read = letters.forward(text.slice(1, 0, 3).transpose(0, 1).reshape(6));
            Tensor said = text.slice(1, 2, 5).transpose(0, 1).reshape(6);
            Tensor last = letters.forward(text.reshape(10).slice(0, 7, 8));
            return List.of(Losses.crossEntropy(read, said), last);
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 4; i++) {
          Tensor text = Tensor.of(device, new int[] {i, 1, 2, -100, i, 4, i, 0, 1, -100}, 2, 5);
          List<Tensor> eager = step.take(List.of(text));
          List<Tensor> recorded = recording.run(text);
          assertThat(recorded.get(0).item()).isEqualTo(eager.get(0).item());
          assertThat(recorded.get(1).toFloats()).isEqualTo(eager.get(1).toFloats());
        }
        Tensor wrong = Tensor.of(device, new int[] {0, 1, 2, -100, 0, 4, -100, 0, 1, 0}, 2, 5);
        assertThatThrownBy(() -> recording.run(wrong))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContainingAll("input 0", "-100 at position 6", "0 to 4");
      }
    }
  }

  @Test
  void theLargestOfARowMayBeLookedUpBy() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module letters = new Embedding(CLASSES, 2).to(device, new Generator(2));
      Recording.Step step = in -> List.of(letters.forward(in.get(0).argmax(1)));
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 4; i++) {
          Tensor x = Tensor.of(device, new Generator(i).normal(3 * CLASSES, 0, 1), 3, CLASSES);
          assertThat(recording.run(x).get(0).toFloats())
              .isEqualTo(step.take(List.of(x)).get(0).toFloats());
        }
      }
    }
  }

  @Test
  void theOneWhoLooksUpByWhatIsNotKnownIsTold() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module rows = new Embedding(5, 3).to(device);
      Tensor one = Tensor.of(device, new int[] {1}, 1);
      Recording.Step step = in -> List.of(rows.forward(Concat.apply(List.of(one, in.get(0)), 0)));
      try (Recording recording = device.record(step)) {
        recording.run(one);
        assertThatThrownBy(() -> recording.run(one))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll("cannot be recorded", "looks something up", "as an input");
      }
    }
  }

  @Test
  void inputsMayWantGradients() {
    try (Device device = open();
        Scope all = device.scope()) {
      Recording.Step step =
          in -> {
            Tensor x = in.get(0);
            x.mul(x).sum().backward();
            return List.of(x.grad());
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 5; i++) {
          Tensor x = Tensor.full(device, i, 2).requiresGrad(true);
          assertThat(recording.run(x).get(0).toFloats()).containsOnly(2 * i);
        }
      }
    }
  }

  @Test
  void integersMayBeCarriedFromRunToRun() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module scores = new Embedding(CLASSES, CLASSES).to(device, new Generator(2));
      Recording.Step step = in -> List.of(scores.forward(in.get(0)).argmax(1));
      try (Recording recording = device.record(step)) {
        Tensor eager = Tensor.of(device, new int[] {0, 1, 2, 3, 4}, 5);
        Tensor recorded = eager;
        for (int i = 0; i < 4; i++) {
          eager = step.take(List.of(eager)).get(0);
          recorded = recording.run(recorded).get(0);
          assertThat(recorded.toInts()).isEqualTo(eager.toInts());
        }
      }
    }
  }
}
