package dev.kiln.cpu;

import dev.kiln.DeviceException;
import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.DeviceInfo;
import dev.kiln.backend.DeviceSurvey;
import java.util.List;

/**
 * Opens the CPU: {@code cpu} is the Vector API where this JVM has it, else plain Java, and the
 * system property {@code kiln.cpu} ({@code vector} or {@code scalar}) settles it by hand; {@code
 * cpu:vector} and {@code cpu:scalar} ask for one of them.
 */
public final class CpuProvider implements BackendProvider {
  private static final System.Logger LOG = System.getLogger("dev.kiln.cpu");

  @Override
  public String api() {
    return "cpu";
  }

  @Override
  public DeviceSurvey survey() {
    return new DeviceSurvey(List.of(describe("")), null);
  }

  @Override
  public DeviceInfo describe(String selector) {
    return new DeviceInfo(
        selector.isEmpty() ? "cpu" : "cpu:" + selector,
        Processor.name(),
        DeviceInfo.Kind.CPU,
        description(engine(selector)),
        Runtime.getRuntime().maxMemory());
  }

  @Override
  public Backend open(String selector) {
    Engine engine = engine(selector);
    LOG.log(System.Logger.Level.DEBUG, "cpu: {0}", description(engine));
    return new CpuBackend(engine);
  }

  private static Engine engine(String selector) {
    String wanted = selector.isEmpty() || selector.equals("0") ? chosen() : selector;
    return switch (wanted) {
      case "scalar" -> Engine.scalar(Workers.shared());
      case "vector" -> {
        if (!Engine.hasVectors()) {
          throw new DeviceException(
              "Device.open: \"cpu:vector\" needs the Vector API and a processor with fused multiply-add;"
                  + " start the JVM with --add-modules jdk.incubator.vector, or open \"cpu\"");
        }
        checkWidth();
        yield Engine.vector(Workers.shared());
      }
      default ->
          throw new DeviceException(
              "Device.open: there is no device \"cpu:"
                  + wanted
                  + "\": there are cpu, cpu:vector and cpu:scalar");
    };
  }

  private static void checkWidth() {
    String bits = System.getProperty(VectorMath.WIDTH, "512");
    if (!List.of("128", "256", "512").contains(bits)) {
      throw new DeviceException(
          "Device.open: vectors cannot have "
              + bits
              + " bits; set "
              + VectorMath.WIDTH
              + " to 128, 256 or 512, or leave it out");
    }
  }

  private static String chosen() {
    String property = System.getProperty("kiln.cpu");
    if (property != null) {
      return property;
    }
    return Engine.hasVectors() ? "vector" : "scalar";
  }

  private static String description(Engine engine) {
    return "Java "
        + Runtime.version().feature()
        + ", "
        + engine.description()
        + ", "
        + engine.workers().size()
        + (engine.workers().size() == 1 ? " thread" : " threads");
  }
}
