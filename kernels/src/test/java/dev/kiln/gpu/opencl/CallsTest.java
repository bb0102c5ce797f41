package dev.kiln.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gpu.driver.DeviceMemoryException;
import org.jocl.CL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallsTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        CL.CL_MEM_OBJECT_ALLOCATION_FAILURE,
        CL.CL_OUT_OF_RESOURCES,
        CL.CL_OUT_OF_HOST_MEMORY
      })
  void whatMemoryMayHelpWithIsTold(int code) {
    assertThat(Calls.failure("clCreateKernel f", code))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessage("clCreateKernel f failed: " + Calls.name(code));
  }

  @Test
  void otherFailuresAreNotAboutMemory() {
    assertThat(Calls.failure("clFinish", CL.CL_INVALID_COMMAND_QUEUE))
        .isNotInstanceOf(DeviceMemoryException.class);
  }
}
