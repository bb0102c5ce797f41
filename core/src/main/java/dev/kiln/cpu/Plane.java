package dev.kiln.cpu;

import dev.kiln.backend.Buffer;

/** One group's channels in every image of a batch. */
record Plane(float[] data, int offset, int step) {
  static Plane of(Buffer buffer, int channels, int first, int pixels) {
    int offset = CpuBuffer.offset(buffer) + first * pixels;
    return new Plane(CpuBuffer.floats(buffer), offset, channels * pixels);
  }

  int at(int image) {
    return offset + image * step;
  }
}
