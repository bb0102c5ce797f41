package dev.kiln.bench.peers;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.RNN;
import dev.kiln.bench.work.Layer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds a described net of DJL's blocks. */
final class DjlNet {
  private final Map<Block, Map<String, Layer.Weight>> weights = new LinkedHashMap<>();
  private final Block block;

  DjlNet(List<Layer> layers) {
    block = sequence("", layers);
  }

  Block block() {
    return block;
  }

  /** Copies the description's weights; DJL has given the parameters values of its own by then. */
  void fill() {
    weights.forEach(
        (owner, values) -> {
          Iterator<Parameter> parameters = owner.getDirectParameters().values().iterator();
          values.forEach((name, weight) -> parameters.next().getArray().set(weight.values()));
        });
  }

  private SequentialBlock sequence(String prefix, List<Layer> layers) {
    SequentialBlock sequence = new SequentialBlock();
    for (int i = 0; i < layers.size(); i++) {
      String path = prefix + i;
      Layer layer = layers.get(i);
      if (layer instanceof Layer.Branches parts) {
        sequence.add(branches(path + ".", parts));
      } else {
        Block made = block(layer);
        weights.put(made, layer.weights(path));
        sequence.add(made);
      }
    }
    return sequence;
  }

  private Block branches(String prefix, Layer.Branches parts) {
    ParallelBlock parallel =
        new ParallelBlock(
            outputs ->
                new NDList(
                    NDArrays.concat(
                        new NDList(outputs.stream().map(NDList::singletonOrThrow).toList()), 1)));
    for (int i = 0; i < parts.branches().size(); i++) {
      parallel.add(sequence(prefix + i + ".", parts.branches().get(i)));
    }
    return parallel;
  }

  private static Block block(Layer layer) {
    if (layer instanceof Layer.Linear linear) {
      return Linear.builder().setUnits(linear.out()).build();
    }
    if (layer instanceof Layer.Conv conv) {
      return Conv2d.builder()
          .setFilters(conv.out())
          .setKernelShape(square(conv.kernel()))
          .optPadding(square(conv.padding()))
          .build();
    }
    if (layer instanceof Layer.BatchNorm) {
      return BatchNorm.builder().build();
    }
    if (layer instanceof Layer.Relu) {
      return Activation.reluBlock();
    }
    if (layer instanceof Layer.MaxPool pool) {
      return Pool.maxPool2dBlock(square(pool.kernel()), square(pool.kernel()), square(0), false);
    }
    if (layer instanceof Layer.AvgPool pool) {
      return Pool.avgPool2dBlock(
          square(pool.kernel()), square(pool.stride()), square(pool.padding()), false, true);
    }
    if (layer instanceof Layer.Flatten) {
      return Blocks.batchFlattenBlock();
    }
    Layer.Rnn rnn = (Layer.Rnn) layer;
    return RNN.builder()
        .setStateSize(rnn.hidden())
        .setNumLayers(rnn.layers())
        .setActivation(RNN.Activation.TANH)
        .optBatchFirst(true)
        .build();
  }

  private static Shape square(int extent) {
    return new Shape(extent, extent);
  }
}
