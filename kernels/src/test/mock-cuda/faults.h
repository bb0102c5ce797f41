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
  UNSUPPORTED_PTX_VERSION = 222,
  INVALID_HANDLE = 400,
  ILLEGAL_STATE = 401,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  CONTEXT_IS_DESTROYED = 709,
  LAUNCH_FAILED = 719,
  NOT_SUPPORTED = 801,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901,
};

// Remembers `text` as what cuGetErrorString says of `result`, and returns `result`.
Result fail(Result result, const std::string& text);

// The text remembered for `result`, or nullptr.
const char* failureText(Result result);

// Such as "CUDA_ERROR_INVALID_VALUE".
const char* failureName(Result result);
