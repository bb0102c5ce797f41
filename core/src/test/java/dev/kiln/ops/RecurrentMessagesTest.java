package dev.kiln.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.nn.Gru;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.LstmCell;
import dev.kiln.nn.Rnn;
import dev.kiln.nn.RnnCell;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bad input to recurrent layers names the layer, the shapes and what would fit. */
class RecurrentMessagesTest {
  private static final Device DEVICE = Device.open("cpu");
  private static final Lstm LSTM = new Lstm(4, 3).layers(2);

  @BeforeAll
  static void place() {
    LSTM.to(DEVICE);
  }

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static Tensor t(int... shape) {
    return Tensor.zeros(DEVICE, shape);
  }

  private static AbstractThrowableAssert<?, ?> refused(ThrowingCallable op) {
    return assertThatThrownBy(op).isInstanceOf(ShapeException.class);
  }

  @Test
  void inputs() {
    refused(() -> LSTM.forward(t(4)))
        .hasMessage(
            "lstm: the input [4] should be [steps, batch, in], or [steps, in] for a single"
                + " sequence");
    refused(() -> new Gru(4, 3).batchFirst().to(DEVICE).forward(t(1, 2, 3, 4)))
        .hasMessageContaining("gru: the input [1, 2, 3, 4] should be [batch, steps, in]");
    refused(() -> LSTM.forward(t(5, 2, 6)))
        .hasMessage(
            "lstm: the input [5, 2, 6] should end in 4 features (input weight [12, 4] = [gates ·"
                + " hidden, in])");
    refused(() -> LSTM.forward(t(0, 2, 4))).hasMessageContaining("has no steps");
    refused(() -> new RnnCell(4, 3).to(DEVICE).forward(t(1, 2, 4)))
        .hasMessageContaining("rnn_cell: the input [1, 2, 4] should be [batch, in]");
  }

  @Test
  void states() {
    refused(() -> LSTM.run(t(5, 2, 4), t(1, 2, 3), null))
        .hasMessage(
            "lstm: the hidden state [1, 2, 3] should be [2, 2, 3] = [layers · directions, batch,"
                + " hidden] (input [5, 2, 4])");
    refused(() -> LSTM.run(t(5, 4), null, t(2, 1, 3)))
        .hasMessageContaining("the cell state [2, 1, 3] should be [2, 3] = [layers · directions");
    LstmCell cell = new LstmCell(4, 3);
    cell.to(DEVICE);
    refused(() -> cell.step(t(2, 4), t(3), null))
        .hasMessageContaining("lstm_cell: the hidden state [3] should be [2, 3]");
  }

  @Test
  void lengths() {
    Rnn rnn = new Rnn(4, 3);
    rnn.to(DEVICE);
    refused(() -> rnn.run(t(5, 2, 4), null, t(2)))
        .hasMessageContaining("should be int32 [2], one a sequence of the input [5, 2, 4]");
    refused(() -> rnn.run(t(5, 2, 4), null, Tensor.of(DEVICE, new int[] {1, 2, 3}, 3)))
        .hasMessageContaining("should be int32 [2]");
    assertThatThrownBy(() -> rnn.run(t(5, 2, 4), null, Tensor.of(DEVICE, new int[] {5, 6}, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(
            "rnn: length 6 of sequence 1 is not from 1 to 5, the steps of the input [5, 2, 4]");
  }
}
