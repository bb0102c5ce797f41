package dev.kiln.bench.work;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Something that goes along the rows, or the columns, of a row-major matrix. */
public record RowsWork(String name, Function function, int rows, int columns) implements Work {

  /** What is computed. */
  public enum Function {
    /** Of each row. */
    SOFTMAX,
    /** Of each row. */
    LOGSOFTMAX,
    /** Of each row. */
    SUM,
    /** Of each column. */
    COLSUM
  }

  public RowsWork {
    Name.checkPositive(name, rows, columns);
  }

  static Optional<RowsWork> read(String name) {
    return Name.read(name, "(?<function>softmax|logsoftmax|sum|colsum)-<r>x<c>")
        .map(
            read ->
                new RowsWork(
                    name,
                    Function.valueOf(read.text("function").toUpperCase(Locale.ROOT)),
                    read.number("r"),
                    read.number("c")));
  }

  public float[] x() {
    return Data.uniform("x", -4, 4, rows, columns);
  }

  @Override
  public String family() {
    return "Elementwise";
  }

  @Override
  public Map<String, Integer> results() {
    return Map.of(Trained.OUTPUT, function == Function.COLSUM ? rows : columns);
  }
}
