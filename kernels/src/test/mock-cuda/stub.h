// A driver function that is not mocked. Weak, so that driver.cpp's own win.
#pragma once
#include <cstdio>

#include "faults.h"

#define STUB(function)                                                                \
  extern "C" __attribute__((weak, visibility("default"))) int function() {            \
    fprintf(stderr, "[mock cuda] %s is not mocked\n", #function);                     \
    return NOT_SUPPORTED;                                                             \
  }
