package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.Module;
import org.jspecify.annotations.Nullable;

/**
 * The basic block of a ResNet: two 3×3 convolutions learn what is to be added to the input, {@code
 * relu(x + f(x))}. Where the shape changes, a 1×1 convolution carries {@code x} over.
 */
final class ResidualBlock extends Module {
  private final Module first;
  private final Module second;
  private final @Nullable Module excitation;
  private final @Nullable Module shortcut;

  ResidualBlock(int in, int out, int stride) {
    this(in, out, stride, null);
  }

  /**
   * @param excitation what becomes of {@code f(x)} before it is added; null for nothing
   */
  ResidualBlock(int in, int out, int stride, @Nullable Module excitation) {
    first = child("first", new ConvBn(in, out, 3, stride));
    second = child("second", new ConvBn(out, out, 3));
    this.excitation = excitation == null ? null : child("excitation", excitation);
    shortcut = in == out && stride == 1 ? null : child("shortcut", new ConvBn(in, out, 1, stride));
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor change = second.forward(first.forward(x).relu());
    if (excitation != null) {
      change = excitation.forward(change);
    }
    Tensor carried = shortcut == null ? x : shortcut.forward(x);
    return carried.add(change).relu();
  }
}
