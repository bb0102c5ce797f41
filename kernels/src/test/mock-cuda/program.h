// What a program that g++ compiled (host.h) and the mock driver that runs it know of each other.
#pragma once
#include <cstddef>
#include <utility>

namespace kiln {

// Where the running thread stands. Each program has one, which its kernels read; only one thread
// runs at a time.
struct Thread {
  int local;
  int group[3];
  int groups[3];
  int groupSize;
};

// The threads of one group: order[0 .. next) have been started, `done` have ended.
struct Crew {
  const int* order;
  int count;
  int next;
  int done;
};

// What the driver offers to kernels; filled in when the program is loaded.
struct Host {
  void (*barrier)(int line);
  void (*fault)(const char* what, const void* address);
};

struct Kernel {
  const char* name;
  int workGroup;           // the WG of KERNEL(WG)
  const char* parameters;  // a letter each: p pointer, s 4-byte scalar
  // Runs threads until all of the crew have been started. A thread that meets a barrier does not
  // return from here before all have met it; the driver runs the rest on other fibers meanwhile.
  void (*run)(void* const* arguments, Crew& crew);
};

struct Program {
  const Kernel* kernels;
  int kernelCount;
  Thread* thread;
  Host* host;
  unsigned char* local;  // all LOCAL variables of the program
  size_t localBytes;
};

}  // namespace kiln
