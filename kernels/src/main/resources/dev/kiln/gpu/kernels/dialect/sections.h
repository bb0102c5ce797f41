// Rows of [outer][n][inner] cut into sections, each of which gives one result.
//
//   result = (o * sections + s) * inner + k   stands for the elements [o][i][k],
//   s * section <= i < min((s + 1) * section, n), which are inner apart
#ifndef KILN_SECTIONS_H
#define KILN_SECTIONS_H

// The first of them.
DEVICE_FN size_t section_start(int result, int n, int inner, int section, int sections) {
  const int row = result / inner;
  const size_t first = (size_t)(row / sections) * n + (size_t)(row % sections) * section;
  return first * inner + result % inner;
}

// How many they are: the last section of a row may be short.
DEVICE_FN int section_length(int result, int n, int inner, int section, int sections) {
  return IMIN(section, n - result / inner % sections * section);
}

#endif
