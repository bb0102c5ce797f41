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
//   KILN_MOCK_FAILING_LAUNCH   the number of a launch that fails, and with it all that comes later
// Tests change the same, and more, while running: cuCtxSetLimit with a number of Setting.
#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "launch.h"
#include "memory.h"
#include "queue.h"

#define API extern "C" __attribute__((visibility("default"))) Result

using memory::Address;
using queue::Event;
using queue::Stream;
using queue::Work;

namespace {

enum Setting {
  SET_ORDER = 0x4B10,
  SET_MEMORY,
  SET_DEVICES,
  SET_DRIVER_VERSION,
  SET_DEFERRED,
  SET_FAILING_LAUNCH,  // the value-th launch from now fails; 0: none
  SUBMISSIONS,         // to be read: how many calls have queued something
  SET_CAPABILITY,      // major * 10 + minor, of the first device
  SET_REFUSED_GRAPH,   // the value-th graph from now finds no memory to be launched; 0: none
  HELD,                // to be read: how much memory, streams, events, modules and graphs there are,
                       // and how many hold the context
  SET_REFUSED,         // the value-th call from now that makes one of those finds no memory; 0: none
  SET_STALLED,         // 1: the device does nothing until this is 0 again
  WAITING,             // to be read: how many threads wait for a stalled device
};

enum Attribute {  // of a device
  MAX_THREADS_PER_BLOCK = 1,
  MAX_SHARED_MEMORY_PER_BLOCK = 8,
  MULTIPROCESSOR_COUNT = 16,
  COMPUTE_CAPABILITY_MAJOR = 75,
  COMPUTE_CAPABILITY_MINOR = 76,
};

constexpr unsigned MAX_GRID_X = 0x7FFFFFFF, MAX_GRID_YZ = 65535;

enum HostAllocation { DEVICEMAP = 2 };

enum JitOption { JIT_ERROR_LOG_BUFFER = 5, JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6 };

const char* environment(const char* name, const char* otherwise) {
  const char* value = getenv(name);
  return value == nullptr ? otherwise : value;
}

Order namedOrder(const std::string& name) {
  return name == "reversed" ? Order::REVERSED : name == "random" ? Order::RANDOM : Order::FORWARD;
}

std::recursive_mutex mutex;  // one call at a time
std::condition_variable_any resumed;
int waiters = 0;
bool initialized = false;
int deviceCount = atoi(environment("KILN_MOCK_DEVICES", "1"));
int driverVersion = atoi(environment("KILN_MOCK_DRIVER_VERSION", "12060"));
Order order = namedOrder(environment("KILN_MOCK_ORDER", "forward"));
int capability = 75;
long failingLaunch = atol(environment("KILN_MOCK_FAILING_LAUNCH", "0")), refusedGraph = 0, refused = 0;
struct Pinned {
  size_t bytes;
  bool mapped;
};
std::map<char*, Pinned> pinned;
int theContext, contextUsers = 0;
thread_local void* currentContext = nullptr;

enum Kind { STREAM, EVENT, MODULE, FUNCTION, GRAPH, STEPS };
std::map<const void*, Kind> living;  // whatever the context has handles of

const bool environmentSet = [] {
  if (const char* bytes = getenv("KILN_MOCK_MEMORY")) memory::setCapacity(atoll(bytes));
  queue::setDeferred(atoi(environment("KILN_MOCK_DEFERRED", "0")) != 0);
  return true;
}();

template <class T>
Result born(T** handle, T* made, Kind kind) {
  living[made] = kind;
  *handle = made;
  return SUCCESS;
}

bool lives(const void* handle, Kind kind) {
  auto found = living.find(handle);
  return found != living.end() && found->second == kind;
}

Result notLiving(const char* call) {
  return fail(INVALID_HANDLE, std::string(call) + ": a handle of nothing that lives");
}

Result refusal(const char* call) {
  if (refused == 0 || --refused > 0) return SUCCESS;
  return fail(OUT_OF_MEMORY, std::string(call) + " was told to find no memory");
}

// Code and graphs lie in the device's memory too.
Result roomFor(const char* what) {
  if (memory::used() < memory::capacity()) return SUCCESS;
  return fail(OUT_OF_MEMORY, std::string("no memory for ") + what);
}

// Queued work must not be told of memory that was freed meanwhile.
Result whenIdle(queue::Item call) {
  Result earlier = queue::drain();
  return earlier == SUCCESS ? call() : earlier;
}

// A copy from or to memory that is not pinned is done by the driver in parts, some of them at once.
Result checkPinned(const void* address, size_t bytes, const char* call) {
  auto after = pinned.upper_bound((char*)address);
  if (after != pinned.begin()) {
    auto& [start, block] = *std::prev(after);
    if ((char*)address + bytes <= start + block.bytes) return SUCCESS;
  }
  return fail(INVALID_VALUE, std::string(call) + ": host memory that is not pinned");
}

// Once more when it is done: the replays of a graph come long after it was made.
Result during(Result checked) {
  return checked == SUCCESS ? SUCCESS : fail(ILLEGAL_ADDRESS, failureText(checked));
}

}  // namespace

bool isPinned(uint64_t address) { return pinned.count((char*)address) != 0; }

#define SERIAL std::unique_lock<std::recursive_mutex> lock(mutex)
#define NEED_INIT \
  SERIAL;         \
  if (!initialized) return NOT_INITIALIZED
#define NEED_CONTEXT                                                                         \
  NEED_INIT;                                                                                 \
  if (currentContext == nullptr)                                                             \
    return fail(INVALID_CONTEXT, std::string(__func__) + ": no context on this thread");     \
  if (contextUsers == 0)                                                                     \
    return fail(CONTEXT_IS_DESTROYED, std::string(__func__) + ": nobody retains the context"); \
  if (queue::broken() != SUCCESS) return queue::broken()
#define NEED(kind, handle) \
  NEED_CONTEXT;            \
  if (!lives(handle, kind)) return notLiving(__func__)
#define MAKES_SOMETHING if (Result bad = refusal(__func__)) return bad
// Lets others in meanwhile, who might end what is waited for.
#define WAIT_UNTIL(condition, kind, handle)                        \
  waiters++;                                                       \
  while (queue::isStalled() && !(condition)) resumed.wait(lock);   \
  waiters--;                                                       \
  if (!lives(handle, kind)) return notLiving(__func__)
#define SAFE_CALL \
  NEED_CONTEXT;   \
  if (Result bad = queue::unsafe(__func__)) return bad

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

API cuDeviceGetAttribute(int* value, int attribute, int device) {
  NEED_INIT;
  const int capable = device == 0 ? capability : 75;
  const std::map<int, int> values = {
      {MAX_THREADS_PER_BLOCK, 1024}, {MAX_SHARED_MEMORY_PER_BLOCK, 48 << 10},
      {MULTIPROCESSOR_COUNT, 4},     {COMPUTE_CAPABILITY_MAJOR, capable / 10},
      {COMPUTE_CAPABILITY_MINOR, capable % 10},
  };
  auto found = values.find(attribute);
  if (found == values.end())
    return fail(INVALID_VALUE, "device attribute " + std::to_string(attribute) + " is not mocked");
  *value = found->second;
  return SUCCESS;
}

API cuGetErrorName(Result result, const char** name) {
  SERIAL;
  *name = failureName(result);
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
  MAKES_SOMETHING;
  contextUsers++;
  *context = &theContext;
  return SUCCESS;
}

// With its last user the context goes, and with it all that it has, and what was wrong with it.
API cuDevicePrimaryCtxRelease_v2(int) {
  NEED_INIT;
  if (contextUsers == 0) return fail(INVALID_CONTEXT, "the primary context is not retained");
  if (--contextUsers > 0) return SUCCESS;
  queue::mend();
  memory::releaseAll();
  for (auto& block : pinned) free(block.first);
  pinned.clear();
  living.clear();
  return SUCCESS;
}

API cuCtxSetCurrent(void* context) {
  NEED_INIT;
  currentContext = context;
  return SUCCESS;
}

API cuCtxSynchronize() {
  SAFE_CALL;
  return queue::drain();
}

API cuCtxSetLimit(int limit, size_t value) {
  SERIAL;
  switch (limit) {
    case SET_ORDER: order = (Order)value; return SUCCESS;
    case SET_MEMORY: memory::setCapacity(value); return SUCCESS;
    case SET_DEVICES: deviceCount = (int)value; return SUCCESS;
    case SET_DRIVER_VERSION: driverVersion = (int)value; return SUCCESS;
    case SET_DEFERRED: queue::setDeferred(value != 0); return SUCCESS;
    case SET_FAILING_LAUNCH: failingLaunch = (long)value; return SUCCESS;
    case SET_CAPABILITY: capability = (int)value; return SUCCESS;
    case SET_REFUSED_GRAPH: refusedGraph = (long)value; return SUCCESS;
    case SET_STALLED:
      queue::setStalled(value != 0);
      resumed.notify_all();
      return SUCCESS;
    case SET_REFUSED: refused = (long)value; return SUCCESS;
    default: return fail(NOT_SUPPORTED, "limit " + std::to_string(limit) + " is not mocked");
  }
}

// ---- memory

API cuMemAlloc_v2(Address* address, size_t bytes) {
  SAFE_CALL;
  MAKES_SOMETHING;
  return memory::allocate(address, bytes);
}

API cuMemFree_v2(Address address) {
  SAFE_CALL;
  if (!queue::isEmpty()) return fail(ILLEGAL_STATE, "memory is freed while work is queued");
  return memory::release(address);
}

API cuMemGetInfo_v2(size_t* free, size_t* total) {
  NEED_CONTEXT;
  *total = memory::capacity();
  *free = memory::capacity() - memory::used();
  return SUCCESS;
}

API cuMemHostAlloc(void** pointer, size_t bytes, unsigned flags) {
  SAFE_CALL;
  MAKES_SOMETHING;
  *pointer = malloc(bytes);
  if (*pointer == nullptr) return fail(OUT_OF_MEMORY, "the host has no memory");
  memset(*pointer, 0xFF, bytes);
  pinned[(char*)*pointer] = {bytes, (flags & DEVICEMAP) != 0};
  return SUCCESS;
}

API cuMemHostGetDevicePointer_v2(Address* address, void* pointer, unsigned) {
  NEED_CONTEXT;
  auto found = pinned.find((char*)pointer);
  if (found == pinned.end()) return fail(INVALID_VALUE, "not pinned memory");
  if (!found->second.mapped) return fail(INVALID_VALUE, "pinned without CU_MEMHOSTALLOC_DEVICEMAP");
  *address = (Address)pointer;
  return SUCCESS;
}

API cuMemFreeHost(void* pointer) {
  SAFE_CALL;
  if (pinned.count((char*)pointer) == 0) return fail(INVALID_VALUE, "not pinned memory");
  if (!queue::isEmpty()) return fail(ILLEGAL_STATE, "pinned memory is freed while work is queued");
  pinned.erase((char*)pointer);
  free(pointer);
  return SUCCESS;
}

API cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, Stream* stream) {
  NEED(STREAM, stream);
  auto check = [=] {
    if (Result bad = memory::check(to, bytes, "cuMemcpyHtoD: a copy")) return bad;
    return checkPinned(from, bytes, "cuMemcpyHtoD");
  };
  if (Result bad = check()) return bad;
  return queue::submit(*stream, [=] {
    if (Result bad = during(check())) return bad;
    memcpy((void*)to, from, bytes);
    return SUCCESS;
  });
}

API cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, Stream* stream) {
  NEED(STREAM, stream);
  auto check = [=] {
    if (Result bad = memory::check(from, bytes, "cuMemcpyDtoH: a copy")) return bad;
    return checkPinned(to, bytes, "cuMemcpyDtoH");
  };
  if (Result bad = check()) return bad;
  return queue::submit(*stream, [=] {
    if (Result bad = during(check())) return bad;
    memcpy(to, (void*)from, bytes);
    return SUCCESS;
  });
}

API cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream* stream) {
  NEED(STREAM, stream);
  auto check = [=] {
    if (Result bad = memory::check(from, bytes, "cuMemcpyDtoD: a copy from")) return bad;
    return memory::check(to, bytes, "cuMemcpyDtoD: a copy to");
  };
  if (Result bad = check()) return bad;
  return queue::submit(*stream, [=] {
    if (Result bad = during(check())) return bad;
    memcpy((void*)to, (void*)from, bytes);
    return SUCCESS;
  });
}

API cuMemsetD32Async(Address address, unsigned value, size_t words, Stream* stream) {
  NEED(STREAM, stream);
  auto check = [=] { return memory::check(address, 4 * words, "cuMemsetD32: a fill"); };
  if (Result bad = check()) return bad;
  return queue::submit(*stream, [=] {
    if (Result bad = during(check())) return bad;
    std::fill_n((unsigned*)address, words, value);
    return SUCCESS;
  });
}

// ---- programs and launches

API cuModuleLoadDataEx(Module** module, const char* ptx, unsigned optionCount, int* options,
                       void** values) {
  SAFE_CALL;
  MAKES_SOMETHING;
  if (Result bad = roomFor("a module")) return bad;
  Result result = loadModule(ptx, capability, driverVersion, module);
  if (result == SUCCESS) living[*module] = MODULE;
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
  SAFE_CALL;
  if (!lives(module, MODULE)) return notLiving(__func__);
  return whenIdle([=] {
    for (auto& function : module->functions) living.erase(function.get());
    living.erase(module);
    delete module;
    return SUCCESS;
  });
}

API cuModuleGetFunction(Function** function, Module* module, const char* name) {
  NEED(MODULE, module);
  Result result = functionOf(*module, name, function);
  if (result == SUCCESS) living[*function] = FUNCTION;
  return result;
}

API cuLaunchKernel(Function* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                   unsigned by, unsigned bz, unsigned, Stream* stream, void** parameters,
                   void** extra) {
  NEED(STREAM, stream);
  if (!lives(function, FUNCTION)) return notLiving(__func__);
  if (extra != nullptr) return fail(INVALID_VALUE, "parameters by extra are not mocked");
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
    return queue::breakWith(fail(LAUNCH_FAILED, "the launch of " + name + " was told to fail"));
  Launch launch{function, {(int)gx, (int)gy, (int)gz}, {}};
  for (const char* letter = function->kernel->parameters; *letter; letter++) {
    uint64_t value = 0;
    memcpy(&value, parameters[launch.arguments.size()], *letter == 'p' ? 8 : 4);
    launch.arguments.push_back(value);
  }
  return queue::submit(*stream, [launch] { return run(launch, order); });
}

// ---- the queue

API cuStreamCreate(Stream** stream, unsigned) {
  NEED_CONTEXT;
  MAKES_SOMETHING;
  return born(stream, new Stream, STREAM);
}

API cuStreamDestroy_v2(Stream* stream) {
  NEED(STREAM, stream);
  if (Result bad = queue::waitingFor(*stream, __func__)) return bad;
  return whenIdle([=] {
    living.erase(stream);
    delete stream;
    return SUCCESS;
  });
}

API cuStreamSynchronize(Stream* stream) {
  NEED(STREAM, stream);
  if (Result bad = queue::waitingFor(*stream, __func__)) return bad;
  WAIT_UNTIL(queue::isEmpty(), STREAM, stream);
  return queue::drain();
}

API cuEventCreate(Event** event, unsigned) {
  NEED_CONTEXT;
  MAKES_SOMETHING;
  return born(event, new Event, EVENT);
}

API cuEventDestroy_v2(Event* event) {
  NEED(EVENT, event);
  living.erase(event);
  delete event;
  return SUCCESS;
}

API cuEventRecord(Event* event, Stream* stream) {
  NEED(STREAM, stream);
  if (!lives(event, EVENT)) return notLiving(__func__);
  return queue::record(*stream, *event);
}

API cuEventSynchronize(Event* event) {
  NEED(EVENT, event);
  WAIT_UNTIL(queue::isReached(*event), EVENT, event);
  return queue::drainTo(*event);
}

// ---- graphs: a stream's work, kept instead of done

API cuStreamBeginCapture_v2(Stream* stream, int mode) {
  NEED(STREAM, stream);
  return queue::beginCapture(*stream, (queue::CaptureMode)mode);
}

API cuStreamEndCapture(Stream* stream, Work** graph) {
  NEED(STREAM, stream);
  Result result = queue::endCapture(*stream, graph);
  if (result == SUCCESS) living[*graph] = GRAPH;
  return result;
}

API cuGraphInstantiateWithFlags(Work** steps, Work* graph, unsigned long long) {
  NEED(GRAPH, graph);
  MAKES_SOMETHING;
  if (Result bad = roomFor("a graph")) return bad;
  return born(steps, new Work(*graph), STEPS);
}

API cuGraphLaunch(Work* steps, Stream* stream) {
  NEED(STREAM, stream);
  if (!lives(steps, STEPS)) return notLiving(__func__);
  if (refusedGraph > 0 && --refusedGraph == 0)
    return fail(OUT_OF_MEMORY, "no memory to bring the graph to the device");
  // a graph may be destroyed while it is queued
  return queue::submit(*stream, [work = *steps] {
    for (auto& item : work) {
      if (Result bad = item()) return bad;
    }
    return SUCCESS;
  });
}

API cuGraphDestroy(Work* graph) {
  NEED(GRAPH, graph);
  living.erase(graph);
  delete graph;
  return SUCCESS;
}

API cuGraphExecDestroy(Work* steps) {
  NEED(STEPS, steps);
  living.erase(steps);
  delete steps;
  return SUCCESS;
}

// For tests, which want to know what has come of their calls: as if it were a limit.
API cuCtxGetLimit(size_t* value, int limit) {
  SERIAL;
  switch (limit) {
    case SUBMISSIONS: *value = queue::submissions(); return SUCCESS;
    case WAITING: *value = waiters; return SUCCESS;
    case HELD:
      *value = living.size() + pinned.size() + memory::count() + contextUsers;
      return SUCCESS;
    default: return fail(NOT_SUPPORTED, "limit " + std::to_string(limit) + " is not mocked");
  }
}
