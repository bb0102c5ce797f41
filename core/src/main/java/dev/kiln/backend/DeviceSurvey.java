package dev.kiln.backend;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param devices in the API's own order
 * @param problem why the API is not usable, one sentence that names the library or driver that was
 *     looked for; null where there are devices
 */
public record DeviceSurvey(List<DeviceInfo> devices, @Nullable String problem) {}
