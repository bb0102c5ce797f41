package dev.kiln.examples;

import dev.kiln.Device;
import dev.kiln.backend.DeviceInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The device to compute on.
 *
 * @param device open; whoever asked for it closes it
 * @param reason why this one, to follow its name
 */
public record DeviceChoice(Device device, String reason) {
  /**
   * @param id what the user asked for, null for the best there is
   * @throws dev.kiln.DeviceException if what was asked for is not there
   */
  public static DeviceChoice of(@Nullable String id) {
    if (id != null) {
      return new DeviceChoice(Device.open(id), "as asked");
    }
    Device device = Device.best();
    return new DeviceChoice(device, reason(device.info(), Device.list(), Device.problems()));
  }

  static String reason(DeviceInfo chosen, List<DeviceInfo> devices, List<String> problems) {
    if (api(chosen.id()).equals("cuda")) {
      return "the first CUDA device";
    }
    List<String> passedOver = new ArrayList<>();
    for (String problem : problems) {
      if (api(problem).equals("cuda") || api(problem).equals("opencl")) {
        passedOver.add(problem);
      }
    }
    if (api(chosen.id()).equals("opencl")) {
      return "the first OpenCL GPU" + list(passedOver);
    }
    for (DeviceInfo device : devices) {
      if (api(device.id()).equals("opencl")) {
        passedOver.add(device.id() + " is no GPU and is taken only when asked for");
      }
    }
    return "there is no usable GPU" + list(passedOver);
  }

  private static String api(String id) {
    int colon = id.indexOf(':');
    return colon < 0 ? id : id.substring(0, colon);
  }

  private static String list(List<String> reasons) {
    return reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")";
  }

  /** {@code cpu (Xeon): there is no usable GPU (cuda: no libcuda.so.1)}. */
  @Override
  public String toString() {
    return device + ": " + reason;
  }
}
