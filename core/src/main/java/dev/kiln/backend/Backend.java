package dev.kiln.backend;

/**
 * One device's arithmetic: the op families over plain numbers and buffers. Shapes, dtypes and
 * ranges were checked before a call comes here; a backend computes.
 *
 * <p>The contract that every method keeps:
 *
 * <ul>
 *   <li>Outputs are written in full, whatever they held; inputs are never written. Outputs do not
 *       overlap inputs, except where a method says so.
 *   <li>Calls take effect in the order they are made; a GPU may run them later, until {@link
 *       Memory#download} or {@link Memory#synchronize}.
 *   <li>Any extent may be 0: then there is nothing to do, but an output that has elements is still
 *       written (a sum over nothing is 0).
 *   <li>The same call on the same device gives the same bits: sums have a fixed order, and nothing
 *       depends on the number of threads.
 *   <li>A parameter marked nullable is an operand that the op was not given.
 *   <li>Methods may be called from several threads; calls that share buffers need the caller's own
 *       order.
 * </ul>
 */
public interface Backend
    extends Memory,
        Copies,
        Elementwise,
        Gemm,
        Convolution,
        Pooling,
        Resampling,
        Normalization,
        LayerNormalization,
        Reduction,
        Softmaxes,
        Losses,
        Indexing,
        Dropout,
        Optimization,
        Recurrent,
        AutoCloseable {

  /** Begins to take calls down. */
  Recorder recorder();

  /** Frees everything that was allocated here. */
  @Override
  void close();
}
