package dev.kiln.cases;

import dev.kiln.Device;
import java.util.List;
import java.util.stream.Collectors;

/** Every case on one device, as a program: for machines that have a GPU and no build. */
public final class CaseRun {
  private static final int ONE_LINE = 400;

  private CaseRun() {}

  /**
   * Ends the JVM with status 1 if a case fails.
   *
   * @param arguments the device's name
   */
  public static void main(String[] arguments) {
    int failed = 0;
    List<OpCase> cases = Cases.all().collect(Collectors.toList());
    try (Device device = Device.open(arguments[0])) {
      System.out.println("Running " + cases.size() + " cases on " + device);
      CaseCheck check = new CaseCheck(device);
      for (OpCase opCase : cases) {
        try {
          check.check(opCase);
        } catch (AssertionError | RuntimeException e) {
          failed++;
          String reason = e.toString();
          System.out.println(
              "FAILED " + opCase + ": " + reason.substring(0, Math.min(ONE_LINE, reason.length())));
        }
      }
    }
    System.out.println(cases.size() - failed + " passed, " + failed + " failed");
    System.exit(failed == 0 ? 0 : 1);
  }
}
