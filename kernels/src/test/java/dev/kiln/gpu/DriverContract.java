package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.DriverException;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Driver} promises; a subclass says which driver. */
public abstract class DriverContract extends OnDriver {
  private static final int WORD = 4;
  private static final int NAN_PATTERN = 0x7FC00001;

  // ---- transfers

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1023, 100_003, (1 << 19), (1 << 20) + 1, 2_500_001})
  void whatGoesUpComesDownUnchanged(int words) {
    DeviceMemory memory = driver.allocate((long) words * WORD);
    float[] sent = random(words);
    driver.upload(FloatBuffer.wrap(sent), memory);
    assertThat(floats(memory, words)).isEqualTo(sent);
  }

  @Test
  void intsAndNaNsKeepTheirBits() {
    int[] sent = {0, -1, Integer.MIN_VALUE, NAN_PATTERN, 0x7F800001};
    DeviceMemory memory = driver.allocate((long) sent.length * WORD);
    driver.upload(IntBuffer.wrap(sent), memory);
    assertThat(ints(memory, sent.length)).isEqualTo(sent);
  }

  @Test
  void onlyWhatLiesBetweenPositionAndLimitIsCopied() {
    DeviceMemory memory = filled(4, 7);
    FloatBuffer source = FloatBuffer.wrap(new float[] {9, 1, 2, 9}).position(1).limit(3);
    driver.upload(source, memory);
    assertThat(source.position()).isEqualTo(1);
    assertThat(floats(memory, 4)).containsExactly(1, 2, 7, 7);

    FloatBuffer destination = FloatBuffer.wrap(new float[] {5, 5, 5, 5}).position(1).limit(3);
    driver.download(memory, destination);
    assertThat(destination.position()).isEqualTo(1);
    assertThat(destination.array()).containsExactly(5, 1, 2, 5);
  }

  @Test
  void directBuffersOfEitherByteOrderAndReadOnlyOnesWork() {
    DeviceMemory memory = driver.allocate(3 * WORD);
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      FloatBuffer direct = ByteBuffer.allocateDirect(4 * WORD).order(order).asFloatBuffer();
      direct.put(0, new float[] {9, 1, 2, 3}).position(1);
      driver.upload(direct.asReadOnlyBuffer(), memory);
      assertThat(floats(memory, 3)).containsExactly(1, 2, 3);
      direct.put(0, new float[4]);
      driver.download(memory, direct);
      assertThat(new float[] {direct.get(1), direct.get(2), direct.get(3)})
          .containsExactly(1, 2, 3);
    }
  }

  @Test
  void theSourceOfAnUploadMayBeChangedAtOnce() {
    float[] source = random(300_000);
    float[] sent = source.clone();
    DeviceMemory memory = driver.allocate((long) source.length * WORD);
    driver.upload(FloatBuffer.wrap(source), memory);
    Arrays.fill(source, -1);
    assertThat(floats(memory, sent.length)).isEqualTo(sent);
  }

  @Test
  void manySmallUploadsKeepTheirOrder() {
    DeviceMemory memory = driver.allocate(WORD);
    DeviceMemory all = driver.allocate(20 * WORD * 64);
    int step = Math.max(driver.info().alignmentBytes(), WORD);
    for (int i = 0; i < 20; i++) {
      driver.upload(IntBuffer.wrap(new int[] {i}), memory);
      if ((long) i * step + WORD <= all.bytes()) {
        driver.copy(memory, driver.view(all, (long) i * step, WORD), WORD);
      }
    }
    int[] seen = ints(all, (int) (all.bytes() / WORD));
    for (int i = 0; i < 20 && (long) i * step + WORD <= all.bytes(); i++) {
      assertThat(seen[i * step / WORD]).isEqualTo(i);
    }
  }

  @Test
  void aTransferThatDoesNotFitIsRefused() {
    DeviceMemory memory = driver.allocate(2 * WORD);
    assertThatThrownBy(() -> driver.upload(FloatBuffer.allocate(3), memory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("12")
        .hasMessageContaining("8");
    assertThatThrownBy(() -> driver.download(memory, FloatBuffer.allocate(3)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void buffersOfOtherTypesAreRefused() {
    DeviceMemory memory = driver.allocate(8);
    assertThatThrownBy(() -> driver.upload(ByteBuffer.allocate(8), memory))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- memory

  @Test
  void noBytesAreLegalEverywhere() {
    DeviceMemory nothing = driver.allocate(0);
    assertThat(nothing.bytes()).isZero();
    driver.upload(FloatBuffer.allocate(0), nothing);
    driver.download(nothing, FloatBuffer.allocate(0));
    driver.fill(nothing, 1, 0);
    driver.copy(nothing, nothing, 0);
    driver.launch(kernel("fill"), Grid.covering(0, 256), nothing, 1f, 0);
    driver.free(driver.view(nothing, 0, 0));
    driver.free(nothing);

    DeviceMemory something = driver.allocate(WORD);
    driver.free(driver.view(something, 0, 0));
  }

  @Test
  void fillWritesThePatternAndNoFurther() {
    DeviceMemory memory = filled(5, 3);
    driver.fill(memory, Float.floatToRawIntBits(-2), 3 * WORD);
    assertThat(floats(memory, 5)).containsExactly(-2, -2, -2, 3, 3);
  }

  @Test
  void copyCopiesAndNoFurther() {
    DeviceMemory source = filled(5, 3);
    DeviceMemory destination = filled(5, 4);
    driver.copy(source, destination, 2 * WORD);
    assertThat(floats(destination, 5)).containsExactly(3, 3, 4, 4, 4);
  }

  @Test
  void aViewSharesItsMemory() {
    int step = driver.info().alignmentBytes() / WORD;
    DeviceMemory memory = filled(3 * step, 1);
    DeviceMemory view = driver.view(memory, (long) step * WORD, (long) step * WORD);
    assertThat(view.bytes()).isEqualTo((long) step * WORD);
    driver.fill(view, Float.floatToRawIntBits(2), view.bytes());
    driver.free(view);
    float[] seen = floats(memory, 3 * step);
    assertThat(seen[step - 1]).isEqualTo(1);
    assertThat(seen[step]).isEqualTo(2);
    assertThat(seen[2 * step - 1]).isEqualTo(2);
    assertThat(seen[2 * step]).isEqualTo(1);
  }

  @Test
  void aKernelSeesAViewFromItsFirstElement() {
    int step = driver.info().alignmentBytes() / WORD;
    DeviceMemory memory = filled(2 * step, 1);
    DeviceMemory view = driver.view(memory, (long) step * WORD, WORD);
    driver.launch(kernel("fill"), Grid.of(1, 256), view, 5f, 1);
    float[] seen = floats(memory, 2 * step);
    assertThat(seen[0]).isEqualTo(1);
    assertThat(seen[step]).isEqualTo(5);
  }

  @Test
  void aViewThatIsNotInsideOrNotAlignedIsRefused() {
    int alignment = driver.info().alignmentBytes();
    DeviceMemory memory = driver.allocate(4L * alignment);
    assertThatThrownBy(() -> driver.view(memory, alignment, 4L * alignment))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> driver.view(memory, WORD, WORD))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> driver.view(memory, -alignment, WORD))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void useAfterFreeIsRefused() {
    DeviceMemory memory = driver.allocate(4 * WORD);
    DeviceMemory view = driver.view(memory, 0, WORD);
    driver.free(memory);
    assertThatThrownBy(() -> driver.fill(memory, 0, WORD))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> driver.fill(view, 0, WORD)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> driver.launch(kernel("fill"), Grid.of(1, 256), memory, 1f, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> driver.free(memory)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void moreThanTheDeviceHasIsTold() {
    long tooMuch = 1L << 50;
    assertThatThrownBy(() -> driver.allocate(tooMuch))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessageContaining(Long.toString(tooMuch));
    assertThat(floats(filled(2, 6), 2)).containsExactly(6, 6);
  }

  @Test
  void aThousandBuffersLiveSideBySide() {
    DeviceMemory[] all = new DeviceMemory[1000];
    for (int i = 0; i < all.length; i++) {
      all[i] = filled(1 + i % 7, i);
    }
    for (int i = 0; i < all.length; i++) {
      assertThat(floats(all[i], 1)[0]).isEqualTo(i);
      driver.free(all[i]);
    }
  }

  // ---- programs and launches

  @Test
  void everyShippedProgramBuilds() {
    for (KernelProgram program : ProgramCatalog.shipped().programs()) {
      for (String kernel : kernelsOf(program)) {
        assertThat(driver.kernel(program, kernel).name()).isEqualTo(kernel);
      }
    }
  }

  @Test
  void aLaunchCoversItsGrid() {
    int n = 1000;
    DeviceMemory memory = filled(n + 1, 0);
    driver.launch(kernel("fill"), Grid.covering(n, 256), memory, 2.5f, n);
    float[] seen = floats(memory, n + 1);
    assertThat(seen[0]).isEqualTo(2.5f);
    assertThat(seen[n - 1]).isEqualTo(2.5f);
    assertThat(seen[n]).isZero();
  }

  @Test
  void argumentsOfAllKindsArriveInOrder() {
    DeviceMemory x = driver.allocate(12 * WORD);
    driver.upload(FloatBuffer.wrap(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}), x);
    DeviceMemory y = filled(10, -1);
    driver.launch(kernel("copy_rows"), Grid.of(1, 256), x, y, 3, 2, 4, 1, 3, 1);
    assertThat(floats(y, 10)).containsExactly(-1, 1, 2, -1, 5, 6, -1, 9, 10, -1);
  }

  @Test
  void workGroupsShareLocalMemoryAndMeetAtBarriers() {
    int rows = 37;
    int n = 1001;
    float[] x = random(rows * n);
    DeviceMemory source = driver.allocate((long) x.length * WORD);
    DeviceMemory sums = driver.allocate((long) rows * WORD);
    driver.upload(FloatBuffer.wrap(x), source);
    Kernel kernel = driver.kernel(TestPrograms.program("test_reduce"), "row_sums");
    driver.launch(kernel, Grid.of(rows, 64), source, sums, n);
    float[] seen = floats(sums, rows);
    for (int row = 0; row < rows; row++) {
      double expected = 0;
      for (int i = 0; i < n; i++) {
        expected += x[row * n + i];
      }
      assertThat((double) seen[row]).isCloseTo(expected, offset(1e-4));
    }
  }

  @Test
  void theMaximumReachesEveryWorkItem() {
    float[] x = random(64);
    x[17] = -9;
    DeviceMemory source = driver.allocate(64 * WORD);
    DeviceMemory result = driver.allocate(64 * WORD);
    driver.upload(FloatBuffer.wrap(x), source);
    Kernel kernel = driver.kernel(TestPrograms.program("test_reduce"), "largest_square");
    driver.launch(kernel, Grid.of(1, 64), source, result);
    assertThat(floats(result, 64)).containsOnly(81);
  }

  @Test
  void theDialectMeansTheSameEverywhere() {
    float a = 1.1f;
    float b = 3.3f;
    int u = 0x7F7FFFFF;
    DeviceMemory y = driver.allocate(12 * WORD);
    Kernel kernel = driver.kernel(TestPrograms.program("test_reduce"), "arithmetic");
    driver.launch(kernel, Grid.of(1, 64), y, a, b, u);
    float[] seen = floats(y, 12);
    assertThat(seen[0]).as("FMA rounds once").isEqualTo(Math.fma(a, b, -1f));
    assertThat(seen[1]).as("a * b - 1 rounds twice").isEqualTo(a * b - 1f);
    assertThat((double) seen[2]).isCloseTo(Math.exp(a), offset(1e-6));
    assertThat((double) seen[3]).isCloseTo(Math.log(b), offset(3e-7));
    assertThat(seen[4]).as("SQRT is rounded correctly").isEqualTo((float) Math.sqrt(b));
    assertThat((double) seen[5]).isCloseTo(1 / Math.sqrt(b), offset(2e-7));
    assertThat((double) seen[6]).isCloseTo(Math.tanh(a), offset(2e-7));
    assertThat(seen[7]).as("FMAX drops a NaN").isEqualTo(a);
    assertThat(seen[8]).isEqualTo(3);
    assertThat(Float.floatToRawIntBits(seen[9])).as("MUL_HI").isEqualTo(1);
    float product = Math.fma(a, b, 1f);
    assertThat(seen[10]).isEqualTo((a * 2 - b + product) + (b * 2 - b + product));
    assertThat(seen[11]).isEqualTo((2 - b + product) + (4 - b + product));
  }

  @Test
  void anUnknownKernelIsNamed() {
    assertThatThrownBy(
            () -> driver.kernel(ProgramCatalog.shipped().program("fill_copy"), "nothing"))
        .isInstanceOf(DriverException.class)
        .hasMessageContaining("nothing")
        .hasMessageContaining("fill_copy");
  }

  @Test
  void workFromSeveralThreadsArrives() throws Exception {
    DeviceMemory[] memories = new DeviceMemory[4];
    Thread[] threads = new Thread[memories.length];
    for (int i = 0; i < threads.length; i++) {
      int value = i;
      memories[i] = driver.allocate(1000 * WORD);
      threads[i] =
          new Thread(
              () -> {
                for (int repeat = 0; repeat < 20; repeat++) {
                  driver.launch(
                      kernel("fill"), Grid.covering(1000, 256), memories[value], 1f * value, 1000);
                }
              });
      threads[i].start();
    }
    for (int i = 0; i < threads.length; i++) {
      threads[i].join();
      assertThat(floats(memories[i], 1000)).containsOnly(i);
    }
  }

  @Test
  void aClosedDriverSaysSo() {
    Driver second = open();
    second.close();
    second.close();
    assertThatThrownBy(second::synchronize).isInstanceOf(IllegalStateException.class);
  }

  // ---- what the tests are made of

  private Kernel kernel(String name) {
    return driver.kernel(ProgramCatalog.shipped().program("fill_copy"), name);
  }

  /** The kernels of a program by their names in its PTX. */
  private static List<String> kernelsOf(KernelProgram program) {
    return Pattern.compile("\\.entry (\\w+)\\(")
        .matcher(program.ptx())
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private DeviceMemory filled(int words, float value) {
    DeviceMemory memory = driver.allocate((long) words * WORD);
    driver.fill(memory, Float.floatToRawIntBits(value), (long) words * WORD);
    return memory;
  }

  private float[] floats(DeviceMemory memory, int count) {
    float[] result = new float[count];
    download(memory, FloatBuffer.wrap(result));
    return result;
  }

  private int[] ints(DeviceMemory memory, int count) {
    int[] result = new int[count];
    download(memory, IntBuffer.wrap(result));
    return result;
  }

  private void download(DeviceMemory memory, Buffer destination) {
    driver.download(memory, destination);
  }

  private static float[] random(int count) {
    Random random = new Random(count);
    float[] result = new float[count];
    for (int i = 0; i < count; i++) {
      result[i] = random.nextFloat() - 0.5f;
    }
    return result;
  }
}
