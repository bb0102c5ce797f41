// fill, copy_rows — put values into a buffer
//
//   fill        y[n] = value
//   copy_rows   y[i][yOffset + j] = x[i][xOffset + j]   for i < rows, j < width:
//               a block of columns, cut out of or put into row-major matrices
//
//       x  [rows][xPitch]            y  [rows][yPitch]
//          ....#####...                 ..#####..         ##### = width columns
//              ^ xOffset                  ^ yOffset
//
// Launch   1-D; any number of groups, work-items stride over the elements
// Tunable  WG   work-group size

KERNEL(WG) fill(GLOBAL float* y, float value, int n) {
  for (size_t i = GLOBAL_ID(0); i < (size_t)n; i += GLOBAL_SIZE(0)) y[i] = value;
}

KERNEL(WG) copy_rows(GLOBAL const float* x, GLOBAL float* y, int rows, int width,
                     int xPitch, int xOffset, int yPitch, int yOffset) {
  const size_t count = (size_t)rows * width;
  for (size_t i = GLOBAL_ID(0); i < count; i += GLOBAL_SIZE(0)) {
    const size_t row = i / width;
    const size_t column = i % width;
    y[row * yPitch + yOffset + column] = x[row * xPitch + xOffset + column];
  }
}
