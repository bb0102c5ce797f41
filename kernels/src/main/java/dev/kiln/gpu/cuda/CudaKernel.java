package dev.kiln.gpu.cuda;

import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUfunction;
import org.jspecify.annotations.Nullable;

/** A function of a loaded module, and what its PTX says of its parameters. */
record CudaKernel(String name, CUfunction function, List<Parameter> parameters) implements Kernel {
  /** What a parameter holds: PTX does not tell an int from an unsigned one. */
  enum Parameter {
    POINTER,
    INT,
    FLOAT
  }

  /**
   * Reads the parameters from the head of a kernel, {@code .entry NAME( .param .u64 NAME_param_0,
   * ... )}.
   */
  static List<Parameter> parameters(String ptx, String name) {
    Matcher head = Pattern.compile("\\.entry " + name + "\\(([^)]*)\\)").matcher(ptx);
    List<Parameter> parameters = new ArrayList<>();
    if (head.find()) {
      Matcher parameter = Pattern.compile("\\.param \\.(\\w+)").matcher(head.group(1));
      while (parameter.find()) {
        parameters.add(
            switch (parameter.group(1)) {
              case "u64" -> Parameter.POINTER;
              case "f32" -> Parameter.FLOAT;
              default -> Parameter.INT;
            });
      }
    }
    return parameters;
  }

  /** The driver reads whatever lies where a parameter should be: so mistakes end here. */
  void check(@Nullable Object[] arguments) {
    if (arguments.length != parameters.size()) {
      throw new IllegalArgumentException(
          "kernel " + name + " takes " + parameters.size() + " arguments, not " + arguments.length);
    }
    for (int i = 0; i < arguments.length; i++) {
      Object argument = arguments[i];
      boolean fits =
          switch (parameters.get(i)) {
            case POINTER -> argument == null || argument instanceof DeviceMemory;
            case INT -> argument instanceof Integer;
            case FLOAT -> argument instanceof Float;
          };
      if (!fits) {
        throw new IllegalArgumentException(
            "kernel "
                + name
                + ": argument "
                + i
                + " is "
                + argument
                + ", not "
                + parameters.get(i));
      }
    }
  }
}
