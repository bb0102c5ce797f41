package dev.kiln.examples.mnist;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.data.Batch;
import dev.kiln.data.DataLoader;
import dev.kiln.data.Dataset;
import dev.kiln.data.Mnist;
import dev.kiln.nn.Module;

/**
 * How often a net took which digit for which.
 *
 * @param counts row: what the image shows; column: what the net says
 */
record Confusion(int[][] counts) {
  private static final int BATCH = 500;

  /** Shows a net all images, in evaluation mode. */
  static Confusion of(Device device, Module net, Dataset images) {
    int[][] counts = new int[Mnist.CLASSES][Mnist.CLASSES];
    net.eval();
    try (Tape.Pause pause = Tape.pause()) {
      for (Batch batch : DataLoader.of(device, images, BATCH)) {
        try (Scope step = device.scope()) {
          Tensor answers = net.forward(batch.input()).argmax(1);
          int[] said = answers.toInts();
          int[] shown = batch.labels();
          for (int i = 0; i < said.length; i++) {
            counts[shown[i]][said[i]]++;
          }
        }
      }
    }
    return new Confusion(counts);
  }

  /** How many images there were. */
  int total() {
    int total = 0;
    for (int[] row : counts) {
      for (int count : row) {
        total += count;
      }
    }
    return total;
  }

  /** How many were recognized. */
  int right() {
    int right = 0;
    for (int i = 0; i < counts.length; i++) {
      right += counts[i][i];
    }
    return right;
  }

  /** The share of them. */
  double accuracy() {
    return (double) right() / total();
  }
}
