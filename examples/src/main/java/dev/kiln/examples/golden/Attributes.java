package dev.kiln.examples.golden;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What a case says besides its arrays. Remembers what was asked for: an attribute that nobody looks
 * at is one that the case was not run with.
 */
final class Attributes {
  private final String path;
  private final JsonObject json;
  private final TreeSet<String> unread;
  private final List<Attributes> inner = new ArrayList<>();

  Attributes(JsonObject json) {
    this("", json);
  }

  private Attributes(String path, JsonObject json) {
    this.path = path;
    this.json = json;
    this.unread = new TreeSet<>(json.keySet());
  }

  private JsonElement get(String name) {
    unread.remove(name);
    JsonElement value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("case.json has no attribute " + path + name);
    }
    return value;
  }

  boolean isNull(String name) {
    return get(name).isJsonNull();
  }

  boolean flag(String name) {
    return get(name).getAsBoolean();
  }

  double number(String name) {
    return get(name).getAsDouble();
  }

  int integer(String name) {
    return integer(get(name));
  }

  String text(String name) {
    return get(name).getAsString();
  }

  double[] numbers(String name) {
    JsonArray array = get(name).getAsJsonArray();
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).getAsDouble();
    }
    return numbers;
  }

  /** Several integers; null stands for none. */
  int[] integers(String name) {
    JsonElement value = get(name);
    return value.isJsonNull() ? new int[0] : integers(value.getAsJsonArray());
  }

  /** Rows of integers, where null stands for {@code missing[column]}. */
  int[][] rows(String name, int... missing) {
    JsonArray array = get(name).getAsJsonArray();
    int[][] rows = new int[array.size()][];
    for (int i = 0; i < rows.length; i++) {
      JsonArray row = array.get(i).getAsJsonArray();
      rows[i] = new int[row.size()];
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = row.get(j).isJsonNull() ? missing[j] : integer(row.get(j));
      }
    }
    return rows;
  }

  /** Attributes within an attribute. */
  Attributes group(String name) {
    Attributes group = new Attributes(path + name + ".", get(name).getAsJsonObject());
    inner.add(group);
    return group;
  }

  boolean has(String name) {
    return json.has(name);
  }

  /** The names that nobody has asked for. */
  List<String> unread() {
    List<String> names = new ArrayList<>();
    unread.forEach(name -> names.add(path + name));
    inner.forEach(group -> names.addAll(group.unread()));
    return names;
  }

  private static int[] integers(JsonArray array) {
    int[] integers = new int[array.size()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = integer(array.get(i));
    }
    return integers;
  }

  private static int integer(JsonElement value) {
    return value.getAsBigDecimal().intValueExact();
  }
}
