// libcuda.so.1 for tests: the functions of the CUDA driver that Kiln calls, on host memory and
// host-compiled kernels. All other functions that JCuda's library knows are in stubs.cpp, which
// build.sh writes.
//
// Environment, for a first setting:
//   KILN_MOCK_ORDER            forward, reversed or random: of groups, and of threads in a group
//   KILN_MOCK_MEMORY           bytes of device memory
//   KILN_MOCK_DEVICES          0 or 1
//   KILN_MOCK_DRIVER_VERSION   what cuDriverGetVersion says, such as 11040
//   KILN_MOCK_DEFERRED         1: queued work runs only when somebody waits for it
// Tests change the same, and more, while running: cuCtxSetLimit with a number of Setting.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "launch.h"
#include "memory.h"

#define API extern "C" __attribute__((visibility("default"))) Result

using memory::Address;

namespace {

enum Setting {
  SET_ORDER = 0x4B10,
  SET_MEMORY,
  SET_DEVICES,
  SET_DRIVER_VERSION,
  SET_DEFERRED,
  SET_FAILING_LAUNCH,  // the value-th launch from now fails; 0: none
  SUBMISSIONS,         // to be read: how many calls have queued something
};

enum Attribute {  // of a device
  MAX_THREADS_PER_BLOCK = 1,
  MAX_SHARED_MEMORY_PER_BLOCK = 8,
  MULTIPROCESSOR_COUNT = 16,
  COMPUTE_CAPABILITY_MAJOR = 75,
  COMPUTE_CAPABILITY_MINOR = 76,
};

constexpr unsigned MAX_GRID_X = 0x7FFFFFFF, MAX_GRID_YZ = 65535;

enum JitOption { JIT_ERROR_LOG_BUFFER = 5, JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6 };

const char* environment(const char* name, const char* otherwise) {
  const char* value = getenv(name);
  return value == nullptr ? otherwise : value;
}

Order namedOrder(const std::string& name) {
  return name == "reversed" ? Order::REVERSED : name == "random" ? Order::RANDOM : Order::FORWARD;
}

std::recursive_mutex mutex;  // one call at a time
bool initialized = false;
int deviceCount = atoi(environment("KILN_MOCK_DEVICES", "1"));
int driverVersion = atoi(environment("KILN_MOCK_DRIVER_VERSION", "12060"));
bool deferred = atoi(environment("KILN_MOCK_DEFERRED", "0")) != 0;
Order order = namedOrder(environment("KILN_MOCK_ORDER", "forward"));
long failingLaunch = 0;
Result broken = SUCCESS;  // after a fault nothing works any more, as on a device
using Work = std::vector<std::function<Result()>>;
Work queue;
Work* captured = nullptr;  // what a stream that is being captured is asked to do
long submissions = 0;      // calls that queued something
std::map<Result, std::string> failures;
std::map<void*, size_t> pinned;
int theContext, theStream, contextUsers = 0;
thread_local void* currentContext = nullptr;

const bool memorySet = [] {
  if (const char* bytes = getenv("KILN_MOCK_MEMORY")) memory::setCapacity(atoll(bytes));
  return true;
}();

Result drain() {
  Work work;
  work.swap(queue);
  for (auto& item : work) {
    if (broken == SUCCESS) broken = item();
  }
  return broken;
}

Result submit(std::function<Result()> item) {
  if (captured != nullptr) {
    captured->push_back(std::move(item));
    return SUCCESS;
  }
  submissions++;
  queue.push_back(std::move(item));
  return deferred ? SUCCESS : drain();
}

// Queued work must not be told of memory that was freed meanwhile.
Result whenIdle(std::function<Result()> call) {
  Result earlier = drain();
  return earlier == SUCCESS ? call() : earlier;
}

}  // namespace

Result fail(Result result, const std::string& text) {
  failures[result] = text;
  return result;
}

const char* failureText(Result result) {
  auto found = failures.find(result);
  return found == failures.end() ? nullptr : found->second.c_str();
}

bool isPinned(uint64_t address) { return pinned.count((void*)address) != 0; }

#define SERIAL std::lock_guard<std::recursive_mutex> lock(mutex)
#define NEED_INIT \
  SERIAL;         \
  if (!initialized) return NOT_INITIALIZED
#define NEED_CONTEXT                                                                         \
  NEED_INIT;                                                                                 \
  if (currentContext == nullptr)                                                             \
    return fail(INVALID_CONTEXT, std::string(__func__) + ": no context on this thread");     \
  if (broken != SUCCESS) return broken

// ---- driver and devices

API cuInit(unsigned) {
  SERIAL;
  if (deviceCount == 0) return fail(NO_DEVICE, "no CUDA-capable device is detected");
  initialized = true;
  return SUCCESS;
}

API cuDriverGetVersion(int* version) {
  *version = driverVersion;
  return SUCCESS;
}

API cuDeviceGetCount(int* count) {
  NEED_INIT;
  *count = deviceCount;
  return SUCCESS;
}

API cuDeviceGet(int* device, int ordinal) {
  NEED_INIT;
  *device = ordinal;
  return ordinal < deviceCount ? SUCCESS : INVALID_DEVICE;
}

API cuDeviceGetName(char* name, int length, int) {
  NEED_INIT;
  snprintf(name, length, "Mock CUDA device");
  return SUCCESS;
}

API cuDeviceTotalMem_v2(size_t* bytes, int) {
  NEED_INIT;
  *bytes = memory::capacity();
  return SUCCESS;
}

API cuDeviceGetAttribute(int* value, int attribute, int) {
  NEED_INIT;
  static const std::map<int, int> values = {
      {MAX_THREADS_PER_BLOCK, 1024}, {MAX_SHARED_MEMORY_PER_BLOCK, 48 << 10},
      {MULTIPROCESSOR_COUNT, 4},     {COMPUTE_CAPABILITY_MAJOR, 7},
      {COMPUTE_CAPABILITY_MINOR, 5},
  };
  auto found = values.find(attribute);
  if (found == values.end())
    return fail(INVALID_VALUE, "device attribute " + std::to_string(attribute) + " is not mocked");
  *value = found->second;
  return SUCCESS;
}

API cuGetErrorName(Result result, const char** name) {
  static const std::map<int, const char*> names = {
      {SUCCESS, "CUDA_SUCCESS"},
      {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
      {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
      {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED"},
      {NO_DEVICE, "CUDA_ERROR_NO_DEVICE"},
      {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE"},
      {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"},
      {INVALID_PTX, "CUDA_ERROR_INVALID_PTX"},
      {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE"},
      {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
      {NOT_READY, "CUDA_ERROR_NOT_READY"},
      {ILLEGAL_STATE, "CUDA_ERROR_ILLEGAL_STATE"},
      {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"},
      {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED"},
  };
  auto found = names.find(result);
  *name = found == names.end() ? "CUDA_ERROR_UNKNOWN" : found->second;
  return SUCCESS;
}

// More than the real one says: what the mock found.
API cuGetErrorString(Result result, const char** text) {
  SERIAL;
  *text = failureText(result);
  return *text == nullptr ? cuGetErrorName(result, text) : SUCCESS;
}

// ---- context

API cuDevicePrimaryCtxRetain(void** context, int) {
  NEED_INIT;
  contextUsers++;
  *context = &theContext;
  return SUCCESS;
}

// With its last user the context goes, and with it its memory and what was wrong with it.
API cuDevicePrimaryCtxRelease_v2(int) {
  NEED_INIT;
  if (contextUsers == 0) return fail(INVALID_CONTEXT, "the primary context is not retained");
  if (--contextUsers > 0) return SUCCESS;
  drain();
  memory::releaseAll();
  broken = SUCCESS;
  return SUCCESS;
}

API cuCtxSetCurrent(void* context) {
  NEED_INIT;
  currentContext = context;
  return SUCCESS;
}

API cuCtxSynchronize() {
  NEED_CONTEXT;
  return drain();
}

API cuCtxSetLimit(int limit, size_t value) {
  SERIAL;
  switch (limit) {
    case SET_ORDER: order = (Order)value; return SUCCESS;
    case SET_MEMORY: memory::setCapacity(value); return SUCCESS;
    case SET_DEVICES: deviceCount = (int)value; return SUCCESS;
    case SET_DRIVER_VERSION: driverVersion = (int)value; return SUCCESS;
    case SET_DEFERRED: deferred = value != 0; return drain();
    case SET_FAILING_LAUNCH: failingLaunch = (long)value; return SUCCESS;
    default: return fail(NOT_SUPPORTED, "limit " + std::to_string(limit) + " is not mocked");
  }
}

// ---- memory

API cuMemAlloc_v2(Address* address, size_t bytes) {
  NEED_CONTEXT;
  return memory::allocate(address, bytes);
}

API cuMemFree_v2(Address address) {
  NEED_CONTEXT;
  return whenIdle([=] { return memory::release(address); });
}

API cuMemGetInfo_v2(size_t* free, size_t* total) {
  NEED_CONTEXT;
  *total = memory::capacity();
  *free = memory::capacity() - memory::used();
  return SUCCESS;
}

API cuMemHostAlloc(void** pointer, size_t bytes, unsigned) {
  NEED_CONTEXT;
  *pointer = malloc(bytes);
  if (*pointer == nullptr) return fail(OUT_OF_MEMORY, "the host has no memory");
  memset(*pointer, 0xFF, bytes);
  pinned[*pointer] = bytes;
  return SUCCESS;
}

API cuMemHostGetDevicePointer_v2(Address* address, void* pointer, unsigned) {
  NEED_CONTEXT;
  if (pinned.count(pointer) == 0) return fail(INVALID_VALUE, "not pinned memory");
  *address = (Address)pointer;
  return SUCCESS;
}

API cuMemFreeHost(void* pointer) {
  NEED_CONTEXT;
  if (pinned.erase(pointer) == 0) return fail(INVALID_VALUE, "not pinned memory");
  return whenIdle([=] {
    free(pointer);
    return SUCCESS;
  });
}

API cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void*) {
  NEED_CONTEXT;
  if (Result bad = memory::check(to, bytes, "cuMemcpyHtoD: a copy")) return bad;
  return submit([=] {
    memcpy((void*)to, from, bytes);
    return SUCCESS;
  });
}

API cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void*) {
  NEED_CONTEXT;
  if (Result bad = memory::check(from, bytes, "cuMemcpyDtoH: a copy")) return bad;
  return submit([=] {
    memcpy(to, (void*)from, bytes);
    return SUCCESS;
  });
}

API cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void*) {
  NEED_CONTEXT;
  if (Result bad = memory::check(from, bytes, "cuMemcpyDtoD: a copy from")) return bad;
  if (Result bad = memory::check(to, bytes, "cuMemcpyDtoD: a copy to")) return bad;
  return submit([=] {
    memcpy((void*)to, (void*)from, bytes);
    return SUCCESS;
  });
}

API cuMemsetD32Async(Address address, unsigned value, size_t words, void*) {
  NEED_CONTEXT;
  if (Result bad = memory::check(address, 4 * words, "cuMemsetD32: a fill")) return bad;
  return submit([=] {
    std::fill_n((unsigned*)address, words, value);
    return SUCCESS;
  });
}

// ---- programs and launches

API cuModuleLoadDataEx(Module** module, const char* ptx, unsigned optionCount, int* options,
                       void** values) {
  NEED_CONTEXT;
  Result result = loadModule(ptx, module);
  char* log = nullptr;
  size_t logBytes = 0;
  for (unsigned i = 0; i < optionCount; i++) {
    if (options[i] == JIT_ERROR_LOG_BUFFER) log = (char*)values[i];
    if (options[i] == JIT_ERROR_LOG_BUFFER_SIZE_BYTES) logBytes = (size_t)values[i];
  }
  if (result != SUCCESS && log != nullptr) snprintf(log, logBytes, "%s", failureText(result));
  return result;
}

API cuModuleUnload(Module* module) {
  NEED_CONTEXT;
  return whenIdle([=] {
    delete module;
    return SUCCESS;
  });
}

API cuModuleGetFunction(Function** function, Module* module, const char* name) {
  NEED_CONTEXT;
  return functionOf(*module, name, function);
}

API cuLaunchKernel(Function* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                   unsigned by, unsigned bz, unsigned, void*, void** parameters, void** extra) {
  NEED_CONTEXT;
  if (function == nullptr || extra != nullptr) return fail(INVALID_HANDLE, "no function, or extra");
  const std::string name = function->kernel->name;
  const unsigned workGroup = function->kernel->workGroup;
  using std::to_string;
  if (gx == 0 || gy == 0 || gz == 0 || gx > MAX_GRID_X || gy > MAX_GRID_YZ || gz > MAX_GRID_YZ)
    return fail(INVALID_VALUE, name + " with a grid of " + to_string(gx) + " x " + to_string(gy) +
                                   " x " + to_string(gz));
  if (bx != workGroup || by != 1 || bz != 1)
    return fail(INVALID_VALUE,
                name + " wants " + to_string(workGroup) + " threads, not " + to_string(bx));
  if (failingLaunch > 0 && --failingLaunch == 0)
    return broken = fail(LAUNCH_FAILED, "the launch of " + name + " was told to fail");
  Launch launch{function, {(int)gx, (int)gy, (int)gz}, {}};
  for (const char* letter = function->kernel->parameters; *letter; letter++) {
    uint64_t value = 0;
    memcpy(&value, parameters[launch.arguments.size()], *letter == 'p' ? 8 : 4);
    launch.arguments.push_back(value);
  }
  return submit([launch] { return run(launch, order); });
}

// ---- the queue

API cuStreamCreate(void** stream, unsigned) {
  NEED_CONTEXT;
  *stream = &theStream;
  return SUCCESS;
}

API cuStreamDestroy_v2(void*) {
  NEED_CONTEXT;
  return drain();
}

API cuStreamSynchronize(void*) {
  NEED_CONTEXT;
  return drain();
}

API cuEventCreate(void** event, unsigned) {
  NEED_CONTEXT;
  *event = &theStream;
  return SUCCESS;
}

API cuEventDestroy_v2(void*) {
  NEED_CONTEXT;
  return SUCCESS;
}

API cuEventRecord(void*, void*) {
  NEED_CONTEXT;
  return SUCCESS;
}

API cuEventSynchronize(void*) {
  NEED_CONTEXT;
  return drain();
}

// ---- graphs: a stream's work, kept instead of done

API cuStreamBeginCapture_v2(void*, int) {
  NEED_CONTEXT;
  if (captured != nullptr) return fail(ILLEGAL_STATE, "the stream is being captured");
  captured = new Work;
  return SUCCESS;
}

API cuStreamEndCapture(void*, Work** graph) {
  NEED_CONTEXT;
  if (captured == nullptr) return fail(ILLEGAL_STATE, "the stream is not being captured");
  *graph = captured;
  captured = nullptr;
  return SUCCESS;
}

API cuGraphInstantiateWithFlags(Work** steps, Work* graph, unsigned long long) {
  NEED_CONTEXT;
  *steps = new Work(*graph);
  return SUCCESS;
}

API cuGraphLaunch(Work* steps, void*) {
  NEED_CONTEXT;
  // a graph may be destroyed while it is queued
  return submit([work = *steps] {
    for (auto& item : work) {
      if (Result bad = item()) return bad;
    }
    return SUCCESS;
  });
}

API cuGraphDestroy(Work* graph) {
  NEED_CONTEXT;
  delete graph;
  return SUCCESS;
}

API cuGraphExecDestroy(Work* steps) {
  NEED_CONTEXT;
  delete steps;
  return SUCCESS;
}

// For tests, which want to know how many calls queued something: as if it were a limit.
API cuCtxGetLimit(size_t* value, int limit) {
  SERIAL;
  if (limit != SUBMISSIONS) return fail(NOT_SUPPORTED, "limit " + std::to_string(limit) + " is not mocked");
  *value = submissions;
  return SUCCESS;
}
