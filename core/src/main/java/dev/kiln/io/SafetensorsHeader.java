package dev.kiln.io;

import dev.kiln.DType;
import dev.kiln.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that a safetensors file begins with: {@code {"fc.weight": {"dtype": "F32", "shape": [10,
 * 784], "data_offsets": [0, 31360]}, …}}. Reads this grammar and no other: nothing nests deeper.
 */
final class SafetensorsHeader {
  private static final String METADATA = "__metadata__";

  private final String file;
  private final Cursor cursor;

  private SafetensorsHeader(String file, String text) {
    this.file = file;
    this.cursor = new Cursor(file, text);
  }

  /**
   * One tensor.
   *
   * @param begin its first byte, counted from the end of the header
   */
  record Entry(String name, String dtype, Shape shape, long begin, long end) {
    int elementBytes() {
      return switch (dtype) {
        case "F16", "BF16" -> Short.BYTES;
        case "F64", "I64" -> Long.BYTES;
        default -> Integer.BYTES;
      };
    }

    boolean isFloat() {
      return !dtype.startsWith("I");
    }
  }

  /**
   * @param data how many bytes follow the header: the tensors fill them without gap or overlap
   */
  static List<Entry> parse(String file, String text, long data) throws FormatException {
    List<Entry> entries = new SafetensorsHeader(file, text).entries();
    List<Entry> byPlace = new ArrayList<>(entries);
    byPlace.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long filled = 0;
    for (Entry entry : byPlace) {
      if (entry.begin != filled) {
        throw new FormatException(
            file,
            "the data of \""
                + entry.name
                + "\" begin at "
                + entry.begin
                + ", those before it end at "
                + filled);
      }
      filled = entry.end;
    }
    if (filled != data) {
      throw new FormatException(
          file,
          (filled > data ? "is cut off: " : "has bytes left over: ")
              + "its tensors take "
              + filled
              + " bytes, "
              + data
              + " follow the header");
    }
    return entries;
  }

  private List<Entry> entries() throws FormatException {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    cursor.expect("{");
    if (!cursor.take("}")) {
      do {
        String name = string();
        cursor.expect(":");
        if (!names.add(name)) {
          throw new FormatException(file, "names \"" + name + "\" twice");
        }
        if (name.equals(METADATA)) {
          metadata();
        } else {
          entries.add(entry(name));
        }
      } while (cursor.take(","));
      cursor.expect("}");
    }
    cursor.skipSpaces();
    if (!cursor.atEnd()) {
      throw cursor.wrong("expected nothing after }");
    }
    return entries;
  }

  /** Strings that go with the file; nobody here needs them. */
  private void metadata() throws FormatException {
    cursor.expect("{");
    if (cursor.take("}")) {
      return;
    }
    do {
      string();
      cursor.expect(":");
      string();
    } while (cursor.take(","));
    cursor.expect("}");
  }

  private Entry entry(String name) throws FormatException {
    String dtype = null;
    Shape shape = null;
    long[] offsets = null;
    cursor.expect("{");
    do {
      String key = string();
      cursor.expect(":");
      if (key.equals("dtype") && dtype == null) {
        dtype = string();
      } else if (key.equals("shape") && shape == null) {
        cursor.expect("[");
        shape = cursor.extents("]", false);
      } else if (key.equals("data_offsets") && offsets == null) {
        offsets = offsets();
      } else {
        throw cursor.wrong(
            "tensor \"" + name + "\" has the key \"" + key + "\", unknown or for the second time");
      }
    } while (cursor.take(","));
    cursor.expect("}");
    return checked(name, dtype, shape, offsets);
  }

  private long[] offsets() throws FormatException {
    cursor.expect("[");
    long begin = cursor.number();
    cursor.expect(",");
    long end = cursor.number();
    cursor.expect("]");
    return new long[] {begin, end};
  }

  private Entry checked(
      String name, @Nullable String dtype, @Nullable Shape shape, long @Nullable [] offsets)
      throws FormatException {
    if (dtype == null || shape == null || offsets == null) {
      throw new FormatException(
          file,
          "tensor \""
              + name
              + "\" lacks "
              + (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
    }
    if (!List.of("F32", "F16", "BF16", "F64", "I32", "I64").contains(dtype)) {
      throw new FormatException(
          file,
          "tensor \"" + name + "\" is " + dtype + "; F32, F16, BF16, F64, I32 and I64 are read");
    }
    Entry entry = new Entry(name, dtype, shape, offsets[0], offsets[1]);
    if (entry.end - entry.begin != (long) shape.size() * entry.elementBytes()) {
      throw new FormatException(
          file,
          "tensor \""
              + name
              + "\" "
              + shape
              + " of "
              + dtype
              + " has the data_offsets "
              + Arrays.toString(offsets)
              + ", which is not its size");
    }
    return entry;
  }

  private String string() throws FormatException {
    cursor.expect("\"");
    StringBuilder text = new StringBuilder();
    for (char c = cursor.next(); c != '"'; c = cursor.next()) {
      if (c < ' ') {
        throw cursor.wrong("a control character in a string");
      }
      text.append(c == '\\' ? escaped() : c);
    }
    return text.toString();
  }

  private char escaped() throws FormatException {
    char c = cursor.next();
    int simple = "\"\\/bfnrt".indexOf(c);
    if (simple >= 0) {
      return "\"\\/\b\f\n\r\t".charAt(simple);
    }
    if (c != 'u') {
      throw cursor.wrong("\\" + c + " is no escape");
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      char digit = cursor.next();
      int value = digit < 128 ? Character.digit(digit, 16) : -1;
      if (value < 0) {
        throw cursor.wrong("\\u wants four hexadecimal digits");
      }
      unit = unit * 16 + value;
    }
    return (char) unit;
  }

  /** The header of a file that holds {@code tensors} one after the other, padded to 8 bytes. */
  static String write(Map<String, HostTensor> tensors) {
    StringBuilder json = new StringBuilder("{");
    long offset = 0;
    for (Map.Entry<String, HostTensor> entry : tensors.entrySet()) {
      if (entry.getKey().equals(METADATA)) {
        throw new IllegalArgumentException("safetensors: a tensor cannot be named " + METADATA);
      }
      HostTensor tensor = entry.getValue();
      long end = offset + (long) tensor.size() * DType.BYTES;
      json.append(json.length() == 1 ? "\"" : ",\"");
      quote(entry.getKey(), json);
      json.append("\":{\"dtype\":\"").append(tensor.dtype() == DType.FLOAT32 ? "F32" : "I32");
      json.append("\",\"shape\":").append(tensor.shape().toString().replace(" ", ""));
      json.append(",\"data_offsets\":[").append(offset).append(',').append(end).append("]}");
      offset = end;
    }
    json.append('}');
    // names are quoted in ASCII: a character is a byte
    return json.append(" ".repeat(Math.floorMod(-json.length(), Long.BYTES))).toString();
  }

  private static void quote(String name, StringBuilder json) {
    for (char c : name.toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
  }
}
