package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.io.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that PyTorch saved load under their own names, of whatever dtype they are. */
class PyTorchNamesTest {
  @TempDir private Path folder;

  /** {@code nn.Module} with members of these names, in PyTorch's spelling and order. */
  private static final class Net extends Module {
    Net() {
      child("conv1", new Conv2d(1, 4, 3));
      child("bn1", new BatchNorm2d(4));
      child("embed", new Embedding(11, 5));
      child("rnn", new Rnn(5, 6));
      child("lstm", new Lstm(6, 7).layers(2).bidirectional());
      child("gru", new GruCell(14, 3));
      child("layer", Sequential.of(new Linear(3, 2), new ReLU(), new Linear(2, 2)));
    }

    @Override
    public Tensor forward(Tensor x) {
      return x;
    }
  }

  /** Name, dtype and shape, as {@code state_dict()} of such a net gives them. */
  private static final String STATE =
      """
      conv1.weight F32 4,1,3,3
      conv1.bias F32 4
      bn1.weight F32 4
      bn1.bias F32 4
      bn1.running_mean F32 4
      bn1.running_var F32 4
      bn1.num_batches_tracked I64
      embed.weight F16 11,5
      rnn.weight_ih_l0 F32 6,5
      rnn.weight_hh_l0 F32 6,6
      rnn.bias_ih_l0 F32 6
      rnn.bias_hh_l0 F32 6
      lstm.weight_ih_l0 F32 28,6
      lstm.weight_hh_l0 F32 28,7
      lstm.bias_ih_l0 F32 28
      lstm.bias_hh_l0 F32 28
      lstm.weight_ih_l0_reverse F32 28,6
      lstm.weight_hh_l0_reverse F32 28,7
      lstm.bias_ih_l0_reverse F32 28
      lstm.bias_hh_l0_reverse F32 28
      lstm.weight_ih_l1 BF16 28,14
      lstm.weight_hh_l1 BF16 28,7
      lstm.bias_ih_l1 F32 28
      lstm.bias_hh_l1 F32 28
      lstm.weight_ih_l1_reverse F32 28,14
      lstm.weight_hh_l1_reverse F32 28,7
      lstm.bias_ih_l1_reverse F32 28
      lstm.bias_hh_l1_reverse F32 28
      gru.weight_ih F64 9,14
      gru.weight_hh F64 9,3
      gru.bias_ih F32 9
      gru.bias_hh F32 9
      layer.0.weight F32 2,3
      layer.0.bias F32 2
      layer.2.weight F32 2,2
      layer.2.bias F32 2
      """;

  @Test
  void aStateOfPyTorchLoadsAsItIs() throws IOException {
    Path file = folder.resolve("pytorch.safetensors");
    List<String> names = write(file);
    try (Device device = Device.open("cpu")) {
      Net net = new Net();
      net.to(device);
      net.load(Safetensors.read(file));
      assertThat(net.stateDict().keySet()).containsExactlyElementsOf(names);
      net.stateDict()
          .forEach(
              (name, values) -> {
                if (name.endsWith("num_batches_tracked")) {
                  assertThat(values.ints()).containsExactly(1);
                } else {
                  assertThat(values.floats()).as(name).containsOnly(1);
                }
              });
    }
  }

  /** Ones everywhere. */
  private static List<String> write(Path file) throws IOException {
    List<String> names = new ArrayList<>();
    ByteBuffer data = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    for (String line : STATE.lines().toList()) {
      String[] words = line.split(" ");
      int[] extents =
          words.length < 3
              ? new int[0]
              : Arrays.stream(words[2].split(",")).mapToInt(Integer::parseInt).toArray();
      int begin = data.position();
      for (int i = 0; i < Shape.of(extents).size(); i++) {
        switch (words[1]) {
          case "F16" -> data.putShort((short) 0x3c00);
          case "BF16" -> data.putShort((short) 0x3f80);
          case "F64" -> data.putDouble(1);
          case "I64" -> data.putLong(1);
          default -> data.putFloat(1);
        }
      }
      names.add(words[0]);
      header.append(
          ",\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(words[0], words[1], Arrays.toString(extents), begin, data.position()));
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer whole =
        ByteBuffer.allocate(8 + text.length + data.position()).order(ByteOrder.LITTLE_ENDIAN);
    whole.putLong(text.length).put(text).put(data.flip());
    Files.write(file, whole.array());
    return names;
  }
}
