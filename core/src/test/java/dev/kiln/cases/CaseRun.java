package dev.kiln.cases;

import dev.kiln.Device;
import dev.kiln.DeviceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Every case on one device, as a program: for machines that have a GPU and no build.
 *
 * <p>After a kernel's fault a GPU refuses whatever the process asks of it. So another process takes
 * the cases that are left, and the fault of one does not hide what the others would do.
 */
public final class CaseRun {
  private static final int ONE_LINE = 400;
  private static final Pattern BROKEN = Pattern.compile("The device is broken, (\\d+) cases left");

  private CaseRun() {}

  /**
   * Ends the JVM with status 1 if a case fails.
   *
   * @param arguments the device's name; and the first case's number, for the cases up to a fault
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<OpCase> cases = Cases.all().collect(Collectors.toList());
    String name = arguments[0];
    if (arguments.length > 1) {
      Outcome outcome = run(name, cases, Integer.parseInt(arguments[1]));
      System.exit(outcome.failed() ? 1 : 0);
    }
    Outcome outcome = run(name, cases, 0);
    boolean failed = outcome.failed();
    while (outcome.left() > 0) {
      outcome = runElsewhere(name, cases.size() - outcome.left());
      failed |= outcome.failed();
    }
    System.exit(failed ? 1 : 0);
  }

  /**
   * @param left how many cases came no more to their turn
   */
  private record Outcome(boolean failed, int left) {}

  private static Outcome run(String name, List<OpCase> cases, int first) {
    int failed = 0;
    int next = first;
    boolean broken = false;
    Device device = Device.open(name);
    try {
      System.out.println("Running " + (cases.size() - first) + " cases on " + device);
      CaseCheck check = new CaseCheck(device);
      while (next < cases.size() && !broken) {
        OpCase opCase = cases.get(next++);
        try {
          check.check(opCase);
        } catch (AssertionError | RuntimeException e) {
          failed++;
          String reason = e.toString();
          System.out.println(
              "FAILED " + opCase + ": " + reason.substring(0, Math.min(ONE_LINE, reason.length())));
          broken = isBroken(device);
        }
      }
      device.close();
    } catch (DeviceException e) {
      if (!broken) {
        throw e;
      }
    }
    System.out.println(next - first - failed + " passed, " + failed + " failed");
    int left = cases.size() - next;
    if (left > 0) {
      System.out.println("The device is broken, " + left + " cases left");
    }
    return new Outcome(failed > 0, left);
  }

  private static boolean isBroken(Device device) {
    try {
      device.synchronize();
      return false;
    } catch (DeviceException e) {
      return true;
    }
  }

  private static Outcome runElsewhere(String name, int first)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    System.getProperties().stringPropertyNames().stream()
        .filter(property -> property.startsWith("kiln."))
        .forEach(property -> command.add("-D" + property + "=" + System.getProperty(property)));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), CaseRun.class.getName(), name));
    command.add(Integer.toString(first));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    int left = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        Matcher broken = BROKEN.matcher(line);
        left = broken.matches() ? Integer.parseInt(broken.group(1)) : left;
      }
    }
    return new Outcome(process.waitFor() != 0, left);
  }
}
