package dev.kiln.cases;

import dev.kiln.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/**
 * Tensors that a case makes of numbers of its own. They are made once for each input that they go
 * with: a recorded step may not make any.
 */
final class Constants {
  private static final Map<Tensor, Map<String, Tensor>> MADE =
      Collections.synchronizedMap(new WeakHashMap<>());

  private Constants() {}

  static Tensor of(Tensor input, int[] values, int... shape) {
    String key = Arrays.toString(values) + Arrays.toString(shape);
    return made(input, key, () -> Tensor.of(input.device(), values.clone(), shape));
  }

  static Tensor of(Tensor input, float[] values, int... shape) {
    String key = "float" + Arrays.toString(values) + Arrays.toString(shape);
    return made(input, key, () -> Tensor.of(input.device(), values.clone(), shape));
  }

  private static Tensor made(Tensor input, String key, Supplier<Tensor> maker) {
    return MADE.computeIfAbsent(input, any -> new HashMap<>())
        .computeIfAbsent(key, any -> maker.get().livingWith(input));
  }
}
