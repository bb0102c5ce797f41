// Programs that g++ compiled, found by the name in their PTX, and launches of their kernels.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "faults.h"
#include "fibers.h"
#include "memory.h"

struct Function {
  const kiln::Program* program;
  const kiln::Kernel* kernel;
};

struct Module {
  std::string name;
  std::string ptx;
  const kiln::Program* program;
  std::vector<std::unique_ptr<Function>> functions;
};

struct Launch {
  const Function* function;
  int groups[3];
  std::vector<uint64_t> arguments;  // as they were at the call
};

// capability: of the device, major * 10 + minor; driverVersion: as cuDriverGetVersion says it
Result loadModule(const char* ptx, int capability, int driverVersion, Module** module);
Result functionOf(Module& module, const std::string& name, Function** function);
Result run(const Launch& launch, Order order);

// Whether it is the start of host memory that the device may read too.
bool isPinned(uint64_t address);
