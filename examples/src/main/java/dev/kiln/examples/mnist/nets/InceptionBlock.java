package dev.kiln.examples.mnist.nets;

import dev.kiln.Tensor;
import dev.kiln.nn.AvgPool2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Module;
import dev.kiln.ops.Concat;
import java.util.List;

/**
 * Looks at its input through windows of several sizes at once (Szegedy et al. 2015). Four branches,
 * joined to 16 + 24 + 24 + 24 = 88 channels of the same height and width:
 *
 * <pre>
 *   1×1 → 16
 *   1×1 → 16, 5×5 → 24
 *   1×1 → 16, 3×3 → 24, 3×3 → 24
 *   3×3 mean, 1×1 → 24
 * </pre>
 *
 * <p>The 1×1 convolutions before the large ones keep these cheap. No activation inside.
 */
public final class InceptionBlock extends Module {
  /** Of the output. */
  public static final int CHANNELS = 88;

  private final Module branch1x1;
  private final Module branch5x5First;
  private final Module branch5x5Second = child("branch5x5_2", new Conv2d(16, 24, 5).padding(2));
  private final Module branch3x3First;
  private final Module branch3x3Second = child("branch3x3_2", new Conv2d(16, 24, 3).padding(1));
  private final Module branch3x3Third = child("branch3x3_3", new Conv2d(24, 24, 3).padding(1));
  private final Module branchPool;
  private final Module mean = new AvgPool2d(3).stride(1).padding(1);

  public InceptionBlock(int in) {
    branch1x1 = child("branch1x1", new Conv2d(in, 16, 1));
    branch5x5First = child("branch5x5_1", new Conv2d(in, 16, 1));
    branch3x3First = child("branch3x3_1", new Conv2d(in, 16, 1));
    branchPool = child("branch_pool", new Conv2d(in, 24, 1));
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor ones = branch1x1.forward(x);
    Tensor fives = branch5x5Second.forward(branch5x5First.forward(x));
    Tensor threes = branch3x3Third.forward(branch3x3Second.forward(branch3x3First.forward(x)));
    Tensor means = branchPool.forward(mean.forward(x));
    return Concat.apply(List.of(ones, fives, threes, means), 1);
  }
}
