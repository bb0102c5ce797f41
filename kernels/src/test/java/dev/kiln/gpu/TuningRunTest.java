package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import dev.kiln.Device;
import dev.kiln.DeviceException;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.DeviceInfo;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.Recorder;
import dev.kiln.backend.Rows;
import dev.kiln.backend.TuningListener;
import dev.kiln.gpu.cuda.CudaProvider;
import dev.kiln.gpu.cuda.MockCuda;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.opencl.OpenClProvider;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tuning of a product small enough that the plan leaves it to the direct kernel. */
final class TuningRunTest {
  private static final GemmSpec PRODUCT = GemmSpec.of(16, 16, 64, false, false);
  private static final Trial TRIAL = Trials.product(Family.GEMM, PRODUCT);
  private static final String WORK = "gemm nn 16 16 64 1";

  /** Long enough for kernels to be built in, and for a busy machine. */
  private static final TuningRun.Limits LIMITS =
      new TuningRun.Limits(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(20));

  @TempDir private Path folder;

  private final Map<String, String> dropped = new TreeMap<>();
  private final List<String> measured = new ArrayList<>();
  private @Nullable String cacheBefore;
  private @Nullable Driver open;

  private final TuningListener listener =
      new TuningListener() {
        @Override
        public void begins(int works) {}

        @Override
        public void measuring(String work) {}

        @Override
        public void dropped(String work, String variant, String why) {
          dropped.put(variant, why);
        }

        @Override
        public void measured(String work, String variant, double gain) {
          measured.add(work + " = " + variant);
        }
      };

  /** What is compiled may stay; what is found is each test's own. */
  @BeforeEach
  void takeAnotherCache() {
    cacheBefore = System.getProperty("kiln.cache");
  }

  @AfterAll
  static void closeAll() {
    TestBackend.closeAll();
  }

  @AfterEach
  void close() {
    if (open != null) {
      open.close();
    }
    restore("kiln.cache", cacheBefore);
    MockCuda.reset();
  }

  private static void restore(String property, @Nullable String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }

  private Interfering driver(String api) {
    Backend backend;
    if (api.equals("cuda")) {
      MockCuda.install();
      backend = new CudaProvider().open("");
    } else {
      String problem = new OpenClProvider().survey().problem();
      if (problem != null) {
        throw Requirement.missing(api, problem);
      }
      backend = new OpenClProvider().open("");
    }
    Interfering driver = new Interfering(((GpuBackend) backend).driver());
    open = driver;
    return driver;
  }

  /** With the kernels for GPUs, and what is in the test's own folder. */
  private GpuBackend backend(Driver driver) {
    System.setProperty("kiln.cache", folder.toString());
    System.setProperty("kiln.gpu.kernels", "gpu");
    try {
      return GpuBackend.of(driver);
    } finally {
      System.clearProperty("kiln.gpu.kernels");
    }
  }

  private TuningFile file(Driver driver) {
    return TuningFile.in(
        folder.resolve("tuning"), driver.info(), DeviceClass.of(driver.info(), false));
  }

  private void tune(GpuBackend backend, TuningRun.Limits limits, Trial... trials)
      throws IOException {
    try (TuningRun run = new TuningRun(backend, listener, limits)) {
      run.tune(List.of(trials), file(backend.driver()));
    }
  }

  private static void multiply(Backend backend) {
    Buffer a = backend.allocate(DType.FLOAT32, 16 * 64);
    Buffer b = backend.allocate(DType.FLOAT32, 64 * 16);
    Buffer c = backend.allocate(DType.FLOAT32, 16 * 16);
    backend.gemm(PRODUCT, a, b, Epilogue.NONE, c);
    backend.synchronize();
    List.of(a, b, c).forEach(backend::release);
  }

  /** Makes the direct kernel, which is the plan's choice, the slowest by far. */
  private static Interfering.Fault slowIfDirect(int milliseconds) {
    return program -> {
      if (program.startsWith("gemm_direct")) {
        Thread.sleep(milliseconds);
      }
      return true;
    };
  }

  /** Leaves a program's launches out, and sums of what it should have written. */
  private static Interfering.Fault unwritten(Interfering driver, String broken) {
    return program -> {
      int before = driver.launched.size() - 2;
      return !program.startsWith(broken)
          && !(program.equals("split_sum") && driver.launched.get(before).startsWith(broken));
    };
  }

  /**
   * Whether a program has had its first runs, in which it is built and looked at: there are two.
   */
  private static boolean isTimed(Interfering driver, String program) {
    return Collections.frequency(driver.launched, program) > 2;
  }

  @ParameterizedTest
  @ValueSource(strings = {"opencl", "cuda"})
  void theFastestIsTakenFromThenOnAlsoByRecordedSteps(String api) throws IOException {
    Interfering driver = driver(api);
    driver.fault = slowIfDirect(50);
    tune(backend(driver), LIMITS, TRIAL);
    assertThat(dropped).isEmpty();
    assertThat(measured).hasSize(1);
    String variant = measured.get(0).substring((WORK + " = ").length());
    assertThat(variant).matches("(128|64|odd)(/2)?");

    GpuBackend reopened = backend(driver);
    driver.launched.clear();
    multiply(reopened);
    String program = "gemm_" + variant.replace("/2", "");
    assertThat(driver.launched).first().asString().startsWith(program);

    Recorder recorder = reopened.recorder();
    Buffer a = recorder.allocate(DType.FLOAT32, 16 * 64);
    Buffer b = recorder.allocate(DType.FLOAT32, 64 * 16);
    Buffer c = recorder.allocate(DType.FLOAT32, 16 * 16);
    recorder.take(backend -> backend.gemm(PRODUCT, a, b, Epilogue.NONE, c));
    try (Recorder.Replay replay = recorder.finish()) {
      replay.run();
    }
    assertThat(driver.recorded).isEqualTo(driver.launched);

    System.setProperty(Tuning.PROPERTY, "gemm=direct");
    try {
      driver.launched.clear();
      multiply(backend(driver));
      assertThat(driver.launched).as("the property wins").containsOnly("gemm_direct_mn");
    } finally {
      System.clearProperty(Tuning.PROPERTY);
    }
    System.setProperty(Tuning.MEASURED, "off");
    try {
      assertThat(backend(driver).kernels().tuning()).isSameAs(Tuning.NONE);
    } finally {
      System.clearProperty(Tuning.MEASURED);
    }
  }

  @Test
  void aVariantThatDoesNotBuildIsDropped() throws IOException {
    Interfering driver = driver("opencl");
    driver.broken = "gemm_64";
    tune(backend(driver), LIMITS, TRIAL);
    assertThat(dropped)
        .containsOnlyKeys("64", "64/2")
        .containsEntry("64", "clBuildProgram gemm_64_nn: no");
    assertThat(measured).hasSize(1);
  }

  @Test
  void aVariantThatIsWrongIsDropped() throws IOException {
    Interfering driver = driver("opencl");
    driver.fault = unwritten(driver, "gemm_odd");
    tune(backend(driver), LIMITS, TRIAL);
    assertThat(dropped).containsOnlyKeys("odd", "odd/2");
    assertThat(dropped.get("odd")).startsWith("it is wrong: element 0 of output 0 is NaN, not ");
    assertThat(measured).hasSize(1);
  }

  /** Its parts of the sum lie where those of the split variants before it lay. */
  @Test
  void aVariantThatReadsWhatItHasNotWrittenIsDropped() throws IOException {
    Interfering driver = driver("opencl");
    driver.fault = program -> !program.startsWith("gemm_64");
    tune(backend(driver), LIMITS, TRIAL);
    assertThat(dropped).containsOnlyKeys("64", "64/2");
    assertThat(dropped.get("64/2")).startsWith("it is wrong: element 0 of output 0 is NaN, not ");
  }

  @Test
  void whereThePlansChoiceIsWrongAnotherIsTaken() throws IOException {
    Interfering driver = driver("opencl");
    driver.fault = unwritten(driver, "gemm_direct");
    tune(backend(driver), LIMITS, TRIAL);
    assertThat(dropped).containsOnlyKeys("own", "direct/2");
    assertThat(measured).hasSize(1);
    assertThat(measured.get(0)).doesNotContain("own").doesNotContain("direct");
  }

  @Test
  void aVariantThatTakesTooLongIsDroppedAndTheOthersGoOn() throws IOException {
    Interfering driver = driver("opencl");
    driver.fault =
        program -> {
          if (program.startsWith("gemm_128") && isTimed(driver, program)) {
            Thread.sleep(LIMITS.again().toMillis() + 500);
          }
          return true;
        };
    tune(backend(driver), LIMITS, TRIAL);
    assertThat(dropped).containsOnlyKeys("128", "128/2");
    assertThat(dropped.get("128")).isEqualTo("it takes longer than 1.0 s");
    assertThat(measured).hasSize(1);
    assertThat(measured.get(0)).doesNotContain("128/").doesNotContain("= 128");
  }

  @Test
  void aDeviceThatHangsIsGivenUpAndWhatWasFoundIsKept() throws Exception {
    Interfering driver = driver("opencl");
    CountDownLatch end = new CountDownLatch(1);
    driver.fault =
        program -> {
          if (program.startsWith("gemm_64") && isTimed(driver, program)) {
            end.await();
          }
          return true;
        };
    GpuBackend backend = backend(driver);
    TuningRun.Limits limits =
        new TuningRun.Limits(LIMITS.first(), LIMITS.again(), Duration.ofMillis(100));
    try {
      tune(backend, limits, sum());
      assertThatThrownBy(() -> tune(backend, limits, TRIAL))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("hangs in " + WORK + " by variant ");
      assertThat(dropped).containsKey("64");
      assertThat(file(driver).read().lines()).hasSize(1).first().asString().startsWith("sum ");
      backend.close(); // or it would wait for ever
    } finally {
      end.countDown();
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("kiln-tuning")) {
          thread.join();
        }
      }
    }
  }

  private static Trial sum() {
    return Trials.of(new FakeDriver(1).info(), false).stream()
        .filter(trial -> trial.work().equals(new Rows(1, 64, 10)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsMeasuredAnewReplacesOnlyItself() throws IOException {
    Interfering driver = driver("opencl");
    driver.fault = slowIfDirect(50);
    Winners earlier = new Winners();
    earlier.parse(WORK + " = direct/2");
    earlier.parse("rows softmax-rows 64 10 1 = team_16");
    file(driver).write(earlier);
    tune(backend(driver), LIMITS, TRIAL);
    assertThat(file(driver).read().lines())
        .containsExactly(measured.get(0), "rows softmax-rows 64 10 1 = team_16");
    assertThat(measured.get(0)).doesNotContain("direct");
  }

  /** What it launches first it launches always, and it builds nothing else. */
  @ParameterizedTest
  @ValueSource(strings = {"opencl", "cuda"})
  void trainingNeverTunes(String api) {
    Interfering driver = driver(api);
    GpuBackend backend = backend(driver);
    DeviceInfo info = new DeviceInfo(api, api, DeviceInfo.Kind.GPU, driver.info().version(), 0);
    List<List<String>> steps = new ArrayList<>();
    try (Device device = Device.of(info, backend);
        Scope all = device.scope()) {
      open = null; // closed with the device
      Module net =
          Sequential.of(
              new Conv2d(1, 4, 3), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(36, 5));
      net.to(device, new Generator(1));
      Optimizer sgd = new Sgd(net.parameters(), 0.1);
      Tensor x = Tensor.ones(device, 8, 1, 8, 8);
      Tensor target = Tensor.of(device, new int[8], 8);
      Set<String> launched = new TreeSet<>();
      for (int i = 0; i < 4; i++) {
        launched.addAll(driver.launched);
        driver.launched.clear();
        try (Scope step = device.scope()) {
          Tensor loss = Losses.crossEntropy(net.forward(x), target);
          sgd.zeroGrad();
          loss.backward();
          sgd.step();
          assertThat(loss.item()).isFinite();
        }
        steps.add(List.copyOf(driver.launched));
      }
      launched.addAll(driver.launched);
      assertThat(driver.built).containsExactlyInAnyOrderElementsOf(launched);
    }
    assertThat(steps.get(0)).anyMatch(name -> name.startsWith("gemm"));
    assertThat(steps).containsOnly(steps.get(0));
    assertThat(Files.exists(folder.resolve("tuning"))).isFalse();
  }

  static List<TestBackend> backends() {
    return TestBackend.allWithCuda().toList();
  }

  /** Or a right variant would be dropped, or a wrong one would not. */
  @ParameterizedTest
  @MethodSource("backends")
  void theTrialsTellRightFromWrong(TestBackend on) {
    GpuBackend backend = (GpuBackend) on.backend();
    try (Device cpu = Device.open("cpu")) {
      for (Trial trial : Trials.of(backend.driver().info(), backend.cpuKernels())) {
        // OpenCL takes long to compile the recurrent kernels for GPUs
        if (trial.operations() > 3e5
            || trial.family() == Family.RECURRENT && !on.name().startsWith("cuda")) {
          continue;
        }
        try (TrialBuffers there = new TrialBuffers(trial, backend);
            TrialBuffers here = new TrialBuffers(trial, cpu.backend())) {
          List<double[]> expected = here.results();
          List<double[]> results = there.results();
          String name = trial.shape().toString();
          assertThat(there.fault(results, expected)).as(name).isNull();
          for (int i = 0; i < results.size(); i++) {
            double[] values = results.get(i);
            int at = values.length / 2;
            double right = values[at];
            values[at] += 0.02 * (1 + Math.abs(right));
            assertThat(there.fault(results, expected)).as(name).startsWith("element " + at);
            values[at] = right;
          }
        }
      }
    }
  }
}
