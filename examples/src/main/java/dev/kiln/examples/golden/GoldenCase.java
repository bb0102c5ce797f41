package dev.kiln.examples.golden;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.io.HostTensor;
import dev.kiln.io.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A reference case: the folder with a {@code case.json} and the arrays that it names.
 *
 * @param id {@code conv2d/k5_mnist}
 * @param op PyTorch's name of the operator, or {@code optimizer}, {@code train}
 */
record GoldenCase(
    String id,
    String op,
    Attributes attributes,
    Map<String, Input> inputs,
    List<Output> outputs,
    List<Expected> gradients) {

  /**
   * @param gradient whether its gradient is among the results
   */
  record Input(HostTensor values, boolean gradient) {}

  /**
   * A result as it should be: each element within {@code atol + rtol · |value|}; exactly, where
   * both are 0.
   */
  record Expected(String name, HostTensor values, double atol, double rtol) {}

  /**
   * @param upstream the gradient to begin the backward pass with, null where there is none
   */
  record Output(Expected expected, @Nullable HostTensor upstream) {}

  /**
   * Reads a case and every array of it.
   *
   * @throws IOException if it is not whole: a file that is missing, damaged, of another shape or
   *     dtype than {@code case.json} says, or named by nothing
   */
  static GoldenCase read(Path folder) throws IOException {
    try {
      return new Reader(folder).read();
    } catch (JsonParseException
        | ClassCastException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new IOException("case.json is damaged: " + e.getMessage(), e);
    }
  }

  private static final class Reader {
    private final Path folder;
    private final TreeSet<String> named = new TreeSet<>(List.of("case.json"));

    Reader(Path folder) {
      this.folder = folder;
    }

    GoldenCase read() throws IOException {
      JsonObject json =
          JsonParser.parseString(Files.readString(folder.resolve("case.json"))).getAsJsonObject();
      int format = need(json, "format").getAsInt();
      if (format != 1) {
        throw new IOException("case.json is of format " + format + "; format 1 is read");
      }
      String id = need(json, "id").getAsString();
      if (!folder.toAbsolutePath().normalize().endsWith(id)) {
        throw new IOException("case.json calls itself " + id + " and lies elsewhere");
      }
      Map<String, Input> inputs = new LinkedHashMap<>();
      for (JsonObject entry : entries(json, "inputs")) {
        String name = need(entry, "name").getAsString();
        Input input = new Input(array(entry), need(entry, "gradient").getAsBoolean());
        if (inputs.put(name, input) != null) {
          throw new IOException("case.json has two inputs " + name);
        }
      }
      List<Output> outputs = new ArrayList<>();
      for (JsonObject entry : entries(json, "outputs")) {
        Expected expected = expected(entry);
        HostTensor upstream =
            entry.has("upstream")
                ? array(entry.get("upstream").getAsString(), expected.values())
                : null;
        outputs.add(new Output(expected, upstream));
      }
      List<Expected> gradients = new ArrayList<>();
      for (JsonObject entry : entries(json, "gradients")) {
        gradients.add(expected(entry));
      }
      if (outputs.isEmpty()) {
        throw new IOException("case.json names no outputs: there is nothing to compare");
      }
      checkGradients(inputs, gradients);
      refuseStrangers();
      return new GoldenCase(
          id,
          need(json, "op").getAsString(),
          new Attributes(need(json, "attributes").getAsJsonObject()),
          inputs,
          outputs,
          gradients);
    }

    private static void checkGradients(Map<String, Input> inputs, List<Expected> gradients)
        throws IOException {
      TreeSet<String> promised = new TreeSet<>();
      inputs.forEach(
          (name, input) -> {
            if (input.gradient()) {
              promised.add(name);
            }
          });
      TreeSet<String> given = new TreeSet<>();
      gradients.forEach(gradient -> given.add(gradient.name()));
      if (!promised.equals(given)) {
        throw new IOException(
            "case.json promises gradients of " + promised + " and gives those of " + given);
      }
    }

    private void refuseStrangers() throws IOException {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = file.getFileName().toString();
          if (!named.contains(name)) {
            throw new IOException(name + " is there, but case.json does not name it");
          }
        }
      }
    }

    private Expected expected(JsonObject entry) throws IOException {
      double atol = need(entry, "atol").getAsDouble();
      double rtol = need(entry, "rtol").getAsDouble();
      if (!(atol >= 0 && rtol >= 0 && atol < 1 && rtol < 1)) {
        throw new IOException("case.json gives tolerances that are none: " + atol + ", " + rtol);
      }
      return new Expected(need(entry, "name").getAsString(), array(entry), atol, rtol);
    }

    private HostTensor array(JsonObject entry) throws IOException {
      String file = need(entry, "file").getAsString();
      HostTensor array = load(file);
      List<Integer> extents = new ArrayList<>();
      for (JsonElement extent : need(entry, "shape").getAsJsonArray()) {
        extents.add(extent.getAsInt());
      }
      Shape shape = Shape.of(extents.stream().mapToInt(i -> i).toArray());
      String dtype = need(entry, "dtype").getAsString();
      boolean fits = array.dtype() == (dtype.equals("float32") ? DType.FLOAT32 : DType.INT32);
      if (!array.shape().equals(shape) || !fits) {
        throw new IOException(
            file
                + " holds "
                + array.dtype()
                + " "
                + array.shape()
                + ", and case.json says "
                + dtype
                + " "
                + shape);
      }
      return array;
    }

    /** An array that must be like another. */
    private HostTensor array(String file, HostTensor model) throws IOException {
      HostTensor array = load(file);
      if (!array.shape().equals(model.shape()) || array.dtype() != model.dtype()) {
        throw new IOException(
            file + " holds " + array.shape() + ", and its output is of " + model.shape());
      }
      return array;
    }

    private HostTensor load(String file) throws IOException {
      if (file.contains("/") || file.contains("\\")) {
        throw new IOException("case.json names a file outside its folder: " + file);
      }
      named.add(file);
      Path path = folder.resolve(file);
      if (!Files.isRegularFile(path)) {
        throw new IOException("there is no " + file + ", which case.json names");
      }
      return Npy.read(path);
    }

    private static List<JsonObject> entries(JsonObject json, String name) throws IOException {
      List<JsonObject> entries = new ArrayList<>();
      for (JsonElement entry : need(json, name).getAsJsonArray()) {
        entries.add(entry.getAsJsonObject());
      }
      return entries;
    }

    private static JsonElement need(JsonObject json, String name) throws IOException {
      JsonElement value = json.get(name);
      if (value == null) {
        throw new IOException("case.json has no \"" + name + "\" where one is needed");
      }
      return value;
    }
  }
}
