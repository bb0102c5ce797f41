// What goes wrong: driver results, and the text that tells more than a number.
#pragma once
#include <string>

enum Result {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_CONTEXT = 201,
  INVALID_PTX = 218,
  INVALID_HANDLE = 400,
  ILLEGAL_STATE = 401,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719,
  NOT_SUPPORTED = 801,
};

// Remembers `text` as what cuGetErrorString says of `result`, and returns `result`.
Result fail(Result result, const std::string& text);

// The text remembered for `result`, or nullptr.
const char* failureText(Result result);
