package dev.kiln.bench.engine;

import dev.kiln.bench.work.Work;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results that every engine is compared with: those of Kiln's plain loops, which the tests of
 * core compare with double precision.
 *
 * <p>They are computed in a process of their own. In the one that is measured they would teach the
 * JIT compiler branches and classes that the measured engine never takes, and slow it down.
 */
public final class Reference {
  private static final String ENGINE = "kiln-cpu:scalar";

  private Reference() {}

  /** Computes them here. */
  public static Map<String, float[]> compute(Work work) {
    try (Engine engine = Engines.open(ENGINE)) {
      return engine
          .prepare(work)
          .orElseThrow(() -> new IllegalStateException(ENGINE + " lacks " + work.name()))
          .results();
    }
  }

  /** Has another JVM compute them. */
  public static Map<String, float[]> elsewhere(Work work) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Reference.class.getName(),
            work.name());
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      Map<String, float[]> results;
      try (InputStream output = process.getInputStream()) {
        results = read(output);
      }
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException("the reference process ended with status " + status);
      }
      return results;
    } catch (IOException e) {
      throw new UncheckedIOException("the reference process gave no results", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the reference", e);
    }
  }

  /**
   * Computes the results of one work and writes them to the standard output, in binary.
   *
   * @param args the work's name
   */
  public static void main(String[] args) throws IOException {
    write(compute(Work.parse(args[0])), new FileOutputStream(FileDescriptor.out));
  }

  private static void write(Map<String, float[]> results, OutputStream to) throws IOException {
    try (DataOutputStream output = new DataOutputStream(new BufferedOutputStream(to))) {
      output.writeInt(results.size());
      for (Map.Entry<String, float[]> result : results.entrySet()) {
        float[] values = result.getValue();
        output.writeUTF(result.getKey());
        output.writeInt(values.length);
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        output.write(bytes.array());
      }
    }
  }

  private static Map<String, float[]> read(InputStream from) throws IOException {
    DataInputStream input = new DataInputStream(new BufferedInputStream(from));
    Map<String, float[]> results = new LinkedHashMap<>();
    int count = input.readInt();
    for (int i = 0; i < count; i++) {
      String name = input.readUTF();
      float[] values = new float[input.readInt()];
      ByteBuffer bytes = ByteBuffer.wrap(input.readNBytes(values.length * Float.BYTES));
      bytes.asFloatBuffer().get(values);
      results.put(name, values);
    }
    return results;
  }
}
