#include "faults.h"

#include <map>

namespace {

std::map<Result, std::string> failures;

}  // namespace

Result fail(Result result, const std::string& text) {
  failures[result] = text;
  return result;
}

const char* failureText(Result result) {
  auto found = failures.find(result);
  return found == failures.end() ? nullptr : found->second.c_str();
}

const char* failureName(Result result) {
  static const std::map<Result, const char*> names = {
      {SUCCESS, "CUDA_SUCCESS"},
      {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
      {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
      {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED"},
      {NO_DEVICE, "CUDA_ERROR_NO_DEVICE"},
      {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE"},
      {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"},
      {INVALID_PTX, "CUDA_ERROR_INVALID_PTX"},
      {UNSUPPORTED_PTX_VERSION, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"},
      {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE"},
      {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
      {NOT_READY, "CUDA_ERROR_NOT_READY"},
      {ILLEGAL_STATE, "CUDA_ERROR_ILLEGAL_STATE"},
      {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {CONTEXT_IS_DESTROYED, "CUDA_ERROR_CONTEXT_IS_DESTROYED"},
      {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"},
      {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED"},
      {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"},
      {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"},
  };
  auto found = names.find(result);
  return found == names.end() ? "CUDA_ERROR_UNKNOWN" : found->second;
}
