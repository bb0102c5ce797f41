package dev.kiln.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Compilers have nothing to say of the recurrent kernels, of those for GPUs either: PoCL prints the
 * number of its warnings into the midst of what a command says.
 */
class OpenClWarningsTest {
  private OpenClDevice device;
  private cl_context context;

  @BeforeEach
  void open() {
    OpenCl.require();
    device = OpenClDevice.all().get(0);
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, device.platform());
    cl_device_id[] devices = {device.id()};
    context = CL.clCreateContext(properties, 1, devices, null, null, new int[1]);
  }

  @AfterEach
  void close() {
    if (context != null) {
      CL.clReleaseContext(context);
    }
  }

  @Test
  void noneOfTheRecurrentKernelsIsWarnedOf() {
    ProgramCatalog catalog = ProgramCatalog.shipped();
    List<KernelProgram> programs =
        Stream.of(catalog.programs(), catalog.openClOnly())
            .flatMap(Collection::stream)
            .filter(program -> program.file().startsWith("rnn_"))
            .toList();
    assertThat(programs)
        .extracting(KernelProgram::file)
        .contains("rnn_cpu.cl", "rnn_sequence.cl", "rnn_step.cl");
    for (KernelProgram program : programs) {
      assertThat(log(program)).as(program.name()).doesNotContain("warning");
    }
  }

  private String log(KernelProgram program) {
    String[] source = {program.openClSource()};
    cl_program built = CL.clCreateProgramWithSource(context, 1, source, null, new int[1]);
    cl_device_id[] devices = {device.id()};
    assertThat(CL.clBuildProgram(built, 1, devices, "-cl-std=CL1.2", null, null)).isZero();
    long[] size = new long[1];
    int kind = CL.CL_PROGRAM_BUILD_LOG;
    CL.clGetProgramBuildInfo(built, device.id(), kind, 0, null, size);
    byte[] log = new byte[(int) size[0]];
    CL.clGetProgramBuildInfo(built, device.id(), kind, log.length, Pointer.to(log), null);
    CL.clReleaseProgram(built);
    return new String(log, StandardCharsets.UTF_8);
  }
}
