#include "launch.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <numeric>
#include <random>

namespace {

constexpr int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE};
constexpr unsigned char POISON = 0xFF;

struct sigaction earlier[NSIG];
struct sigaction ofJvm[NSIG];  // no flags while it has not been seen
std::atomic<bool> inKernel{false};
pthread_t kernelThread;
const Launch* running = nullptr;

std::string place(const kiln::Thread& t) {
  return "group (" + std::to_string(t.group[0]) + ", " + std::to_string(t.group[1]) + ", " +
         std::to_string(t.group[2]) + "), thread " + std::to_string(t.local);
}

std::string parameter(size_t i) { return " (parameter " + std::to_string(i) + ")"; }

// " (parameter 2)" for the parameter that points into the same allocation, or "".
std::string parameterAt(memory::Address address) {
  for (size_t i = 0; i < running->arguments.size(); i++) {
    if (running->function->kernel->parameters[i] == 'p' &&
        memory::nearest(running->arguments[i]) == memory::nearest(address))
      return parameter(i);
  }
  return "";
}

std::string access(const std::string& what, memory::Address address) {
  std::string where = memory::describe(address);
  return what + (where.empty() ? " at no device address" : " at " + where + parameterAt(address));
}

void onSignal(int signal, siginfo_t* info, void* context) {
  if (inKernel && pthread_equal(kernelThread, pthread_self())) {
    if (signal == SIGFPE) fibers::abandon("a division of an int by zero");
    const bool write = ((ucontext_t*)context)->uc_mcontext.gregs[REG_ERR] & 2;
    fibers::abandon(access(write ? "a write" : "a read", (memory::Address)info->si_addr));
  }
  const struct sigaction& old = ofJvm[signal].sa_flags ? ofJvm[signal] : earlier[signal];
  if (old.sa_flags & SA_SIGINFO) {
    old.sa_sigaction(signal, info, context);
  } else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) {
    old.sa_handler(signal);
  } else {
    ::signal(signal, SIG_DFL);
    raise(signal);
  }
}

void onMisuse(const char* what, const void* address) {
  fibers::abandon(access(what, (memory::Address)address));
}

// Folder of this very library: the programs lie beside it.
std::string ownFolder() {
  Dl_info self;
  dladdr((void*)&ownFolder, &self);
  std::string path = self.dli_fname;
  return path.substr(0, path.rfind('/'));
}

// The text between `before` and the end of its line, or "".
std::string rest(const std::string& text, const std::string& before) {
  size_t at = text.find(before);
  if (at == std::string::npos) return "";
  at += before.size();
  return text.substr(at, text.find('\n', at) - at);
}

// PTX is for the architecture it names and later ones, and 7.0 came with CUDA 11.0, 8.0 with 12.0.
Result checkTarget(const std::string& ptx, int capability, int driverVersion) {
  const std::string target = rest(ptx, "\n.target sm_"), version = rest(ptx, "\n.version ");
  if (atoi(target.c_str()) > capability)
    return fail(INVALID_PTX,
                "PTX for sm_" + target + " on a device of sm_" + std::to_string(capability));
  int major = 0, minor = 0;
  sscanf(version.c_str(), "%d.%d", &major, &minor);
  if ((major + 4) * 1000 + minor * 10 > driverVersion)
    return fail(UNSUPPORTED_PTX_VERSION, "PTX " + version + " is newer than the driver");
  return SUCCESS;
}

// Every pointer must lead into a living buffer, or be null.
Result checkArguments(const Launch& launch, const std::string& name) {
  for (size_t i = 0; i < launch.arguments.size(); i++) {
    const memory::Address address = launch.arguments[i];
    if (launch.function->kernel->parameters[i] != 'p' || address == 0) continue;
    if (memory::allocationOf(address) != 0 || isPinned(address)) continue;
    std::string where = memory::describe(address);
    return fail(ILLEGAL_ADDRESS, name + ": parameter " + std::to_string(i) + " is " +
                                     (where.empty() ? "no device address" : where));
  }
  return SUCCESS;
}

// Small writes past an end stay on its page: they show in what surrounds the buffer.
Result checkSurroundings(const Launch& launch, const std::string& name) {
  for (size_t i = 0; i < launch.arguments.size(); i++) {
    if (launch.function->kernel->parameters[i] != 'p') continue;
    const memory::Address start = memory::allocationOf(launch.arguments[i]);
    long offset;
    if (start != 0 && !memory::intact(start, &offset))
      return fail(ILLEGAL_ADDRESS, name + ": a write at offset " + std::to_string(offset) + " of " +
                                       memory::size(start) + parameter(i));
  }
  return SUCCESS;
}

std::vector<int> ordered(int count, Order order, unsigned seed) {
  std::vector<int> result(count);
  std::iota(result.begin(), result.end(), 0);
  if (order == Order::REVERSED) std::reverse(result.begin(), result.end());
  if (order == Order::RANDOM) std::shuffle(result.begin(), result.end(), std::minstd_rand(seed));
  return result;
}

// A kernel that overflows its fiber's stack leaves the handler none to run on.
class SignalStack {
 public:
  SignalStack() {
    stack_t own = {};
    own.ss_sp = space;
    own.ss_size = sizeof space;
    sigaltstack(&own, &old);
  }
  ~SignalStack() { sigaltstack(&old, nullptr); }

 private:
  static unsigned char space[64 << 10];
  stack_t old = {};
};
unsigned char SignalStack::space[64 << 10];

// Whether the JVM has installed it; it faults on purpose, so its handler must be found again.
bool isOfJvm(const struct sigaction& action) {
  Dl_info owner;
  return (action.sa_flags & SA_SIGINFO) && dladdr((void*)action.sa_sigaction, &owner) != 0 &&
         owner.dli_fname != nullptr && strstr(owner.dli_fname, "libjvm") != nullptr;
}

// The JVM and LLVM, below PoCL, have handlers of their own. LLVM's put back those that they found
// whenever they are called, and it may have found ours: PoCL compiles on threads of its own, while a
// kernel runs here. Handing on to LLVM's then goes round in a circle, so faults that are not a
// kernel's go to the JVM's handler wherever it has been seen.
class FaultHandlers {
 public:
  FaultHandlers() {
    struct sigaction ours = {};
    ours.sa_sigaction = onSignal;
    ours.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    for (int signal : SIGNALS) {
      struct sigaction found;
      sigaction(signal, &ours, &found);
      if (isOfJvm(found)) ofJvm[signal] = found;
      if (found.sa_sigaction != onSignal) earlier[signal] = found;
    }
  }
  ~FaultHandlers() {
    for (int signal : SIGNALS) {
      struct sigaction now;
      sigaction(signal, nullptr, &now);
      const bool known = ofJvm[signal].sa_flags;
      if (now.sa_sigaction == onSignal)
        sigaction(signal, known ? &ofJvm[signal] : &earlier[signal], nullptr);
    }
  }
};

}  // namespace

Result loadModule(const char* ptx, int capability, int driverVersion, Module** module) {
  const std::string text = ptx, name = rest(text, "// kiln program: ");
  if (name.empty() || text.find("\n.version ") == std::string::npos)
    return fail(INVALID_PTX, "the image is not PTX of a kiln program");
  if (Result bad = checkTarget(text, capability, driverVersion)) return bad;
  const std::string file = ownFolder() + "/programs/" + name + ".so";
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(NOT_FOUND, std::string("no host build: ") + dlerror());
  auto* program = (const kiln::Program*)dlsym(library, "kiln_program");
  *program->host = {fibers::barrier, onMisuse};
  *module = new Module{name, text, program, {}};
  return SUCCESS;
}

Result functionOf(Module& module, const std::string& name, Function** function) {
  for (auto& known : module.functions) {
    if (name != known->kernel->name) continue;
    *function = known.get();
    return SUCCESS;
  }
  size_t entry = module.ptx.find(".entry " + name + "(");
  if (entry == std::string::npos)
    return fail(NOT_FOUND, "program " + module.name + " has no kernel " + name);
  const std::string head = module.ptx.substr(entry, module.ptx.find(')', entry) - entry);
  std::string parameters;
  for (size_t at = 0; (at = head.find(".param .", at)) != std::string::npos; at++)
    parameters += head.compare(at + 8, 3, "u64") == 0 ? 'p' : 's';
  for (int i = 0; i < module.program->kernelCount; i++) {
    const kiln::Kernel& kernel = module.program->kernels[i];
    if (name != kernel.name) continue;
    if (parameters != kernel.parameters)
      return fail(INVALID_PTX, name + " takes " + parameters + " in the PTX and " +
                                   kernel.parameters + " in the host build (p pointer, s scalar)");
    module.functions.push_back(std::make_unique<Function>(Function{module.program, &kernel}));
    *function = module.functions.back().get();
    return SUCCESS;
  }
  return fail(NOT_FOUND, name + " is in the PTX but not in the host build");
}

Result run(const Launch& launch, Order order) {
  static unsigned seed = 0;
  seed++;
  const kiln::Program& program = *launch.function->program;
  const kiln::Kernel& kernel = *launch.function->kernel;
  const std::string name = std::string("kernel ") + kernel.name;
  if (Result bad = checkArguments(launch, name)) return bad;

  std::vector<void*> arguments;
  for (auto& value : launch.arguments) arguments.push_back((void*)&value);
  const int groupCount = launch.groups[0] * launch.groups[1] * launch.groups[2];
  const std::vector<int> groups = ordered(groupCount, order, seed);
  const std::vector<int> threads = ordered(kernel.workGroup, order, seed);

  kiln::Thread& thread = *program.thread;
  std::copy(launch.groups, launch.groups + 3, thread.groups);
  thread.groupSize = kernel.workGroup;
  SignalStack signalStack;
  FaultHandlers faultHandlers;
  running = &launch;
  kernelThread = pthread_self();
  std::string fault;
  for (size_t i = 0; i < groups.size() && fault.empty(); i++) {
    thread.group[0] = groups[i] % launch.groups[0];
    thread.group[1] = groups[i] / launch.groups[0] % launch.groups[1];
    thread.group[2] = groups[i] / launch.groups[0] / launch.groups[1];
    memset(program.local, POISON, program.localBytes);
    inKernel = true;
    fault = fibers::runGroup(kernel, arguments.data(), thread, threads.data(), kernel.workGroup,
                             order == Order::RANDOM);
    inKernel = false;
  }
  running = nullptr;
  if (!fault.empty()) return fail(ILLEGAL_ADDRESS, name + ", " + place(thread) + ": " + fault);
  return checkSurroundings(launch, name);
}
