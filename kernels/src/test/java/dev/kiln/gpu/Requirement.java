package dev.kiln.gpu;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.opentest4j.TestAbortedException;

/**
 * What a test needs and a machine may lack: {@code opencl}, {@code cuda-mock}, {@code ptx}, {@code
 * sass}, {@code oclgrind}.
 */
public final class Requirement {
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private Requirement() {}

  /**
   * Ends the test: skipped, with a line on the console the first time, or failed if {@code
   * -Dkiln.require} names {@code what}.
   */
  public static RuntimeException missing(String what, String why) {
    String line = what + " is skipped: " + why;
    if (Arrays.asList(System.getProperty("kiln.require", "").split(",")).contains(what)) {
      throw new AssertionError(line + ", but -Dkiln.require names it");
    }
    if (SAID.add(line)) {
      System.err.println("[kiln] " + line);
    }
    throw new TestAbortedException(line);
  }
}
