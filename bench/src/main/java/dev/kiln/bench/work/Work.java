package dev.kiln.bench.work;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Something to compute, with its data: the same for every engine. Its name says all about it, and
 * any size can be named:
 *
 * <pre>{@code
 * sgemm-512                      512 x 512 times 512 x 512; sgemm-MxKxN for [m, k] times [k, n]
 * conv-32x88x12-f20k5p0          32 images of 88 x 12 x 12, 20 filters of 5 x 5, padding 0; s2 for
 *                                another stride than 1, g4 for groups
 * conv-8x128x28-k3               depthwise: a 3 x 3 filter a channel, padding k / 2
 * maxpool-64x32x28-k2s2p0        2 x 2 windows, stride 2, padding 0; avgpool likewise
 * {rnn,lstm,gru}-b64t64i128h256-{fwd,train}      batch, steps, input features, units
 * {add,mul,relu,sigmoid,tanh,gelu,exp}-1000000   over so many numbers
 * {softmax,logsoftmax,sum,colsum}-256x1000       of each row, colsum of each column
 * batchnorm-64x32x28             64 images of 32 x 28 x 28, the batch's own statistics
 * {adam,momentum}-12x35000       a step for 12 parameters of 35000 numbers
 * mlp-784-256-10-b256, cnn-mnist-b64, inception-mnist-b64, hihello-b1t6h5, longseq-b170t10h25x2
 *                                a training step: forward, loss, backward, Adam, the loss read back;
 *                                with -read100 the loss of every 100th step
 * }</pre>
 *
 * <p>Convolution, pooling and batch norm have {@code -train}: forward, and from a gradient of the
 * output those of the input and of the weights.
 */
public sealed interface Work
    permits GemmWork,
        ConvWork,
        PoolWork,
        RecurrentWork,
        ElementwiseWork,
        RowsWork,
        BatchNormWork,
        OptimizerWork,
        TrainWork {

  /** As it is read by {@link #parse}. */
  String name();

  /** The benchmark that measures it. */
  String family();

  /**
   * What an engine hands over to be compared, in order: what it is called, and how many terms each
   * of its numbers is the sum of.
   */
  Map<String, Integer> results();

  /**
   * The work of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Work parse(String name) {
    List<Function<String, Optional<? extends Work>>> families =
        List.of(
            GemmWork::read,
            ConvWork::read,
            PoolWork::read,
            RecurrentWork::read,
            ElementwiseWork::read,
            RowsWork::read,
            BatchNormWork::read,
            OptimizerWork::read,
            TrainWork::read);
    for (Function<String, Optional<? extends Work>> family : families) {
      Optional<? extends Work> work = family.apply(name);
      if (work.isPresent()) {
        return work.get();
      }
    }
    throw new IllegalArgumentException(
        "there is no work \""
            + name
            + "\": there are sgemm-N, sgemm-MxKxN, conv-NxCxH-fFkKpP[sS][gG], conv-NxCxH-kK[sS]"
            + " (depthwise), maxpool-NxCxH-kKsSpP, avgpool-NxCxH-kKsSpP, batchnorm-NxCxH, these but"
            + " sgemm also with -train; {rnn,lstm,gru}-bBtTiIhH-{fwd,train};"
            + " {add,mul,relu,sigmoid,tanh,gelu,exp}-N, {softmax,logsoftmax,sum,colsum}-RxC,"
            + " {adam,momentum}-PxN; mlp-I-H-O-bB, cnn-mnist-bB, inception-mnist-bB,"
            + " hihello-bBtThH, longseq-bBtThHxL, these five also with -readN;"
            + " each letter that stands for a number is from 1 on, P of conv and pool from 0");
  }
}
