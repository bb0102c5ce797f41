#include "fibers.h"

#include <sys/mman.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <utility>
#include <vector>

// Saves the callee-saved registers on the stack, the stack pointer in *save, and goes on at `to`.
// It ends in a jump, not a return, so as not to upset the processor's prediction of returns.
extern "C" void kiln_switch(void** save, void* to);
asm(R"(
.text
.globl kiln_switch
.hidden kiln_switch
.type kiln_switch, @function
kiln_switch:
  push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15
  mov %rsp, (%rdi)
  mov %rsi, %rsp
  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp
  pop %rcx
  jmp *%rcx
)");

namespace fibers {
namespace {

constexpr size_t STACK = 64 << 10;
constexpr size_t PAGE = 4096;
constexpr int SAVED_REGISTERS = 6;

struct Fiber {
  void* stackPointer = nullptr;
  int thread = 0;  // its thread's LOCAL_ID while it waits
  unsigned char* stack = nullptr;
};

struct Group {
  const kiln::Kernel* kernel;
  void* const* arguments;
  kiln::Thread* thread;
  kiln::Crew crew;
  bool shuffleWoken;
  std::string fault;
  int barrierLine;
};

Group group;
Fiber caller;  // the stack that runGroup was called on
Fiber* current = &caller;
std::vector<std::unique_ptr<Fiber>> all;
std::vector<Fiber*> idle;     // wait for threads to run
std::vector<Fiber*> waiting;  // their threads wait at the barrier
std::deque<Fiber*> woken;     // all have come to the barrier: these go on
std::minstd_rand random(1);

void run();

// A stack on which run() starts. Stacks begin at different cache sets: 256 threads would otherwise
// evict each other's few hot lines.
void prepare(Fiber& fiber, size_t index) {
  void** top = (void**)(fiber.stack + STACK - index % 64 * 192);
  *--top = nullptr;
  *--top = (void*)run;
  fiber.stackPointer = top - SAVED_REGISTERS;
}

Fiber* freshFiber() {
  auto fiber = std::make_unique<Fiber>();
  fiber->stack = (unsigned char*)mmap(nullptr, STACK, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  mprotect(fiber->stack, PAGE, PROT_NONE);
  prepare(*fiber, all.size());
  all.push_back(std::move(fiber));
  return all.back().get();
}

Fiber* takeFront(std::deque<Fiber*>& queue) {
  Fiber* front = queue.front();
  queue.pop_front();
  return front;
}

Fiber* takeBack(std::vector<Fiber*>& stack) {
  Fiber* back = stack.back();
  stack.pop_back();
  return back;
}

// Whoever can run now: a woken thread first, then one that starts new threads, else the caller.
Fiber* next() {
  if (!woken.empty()) return takeFront(woken);
  if (group.crew.next == group.crew.count) return &caller;
  Fiber* fiber = idle.empty() ? freshFiber() : takeBack(idle);
  // g++ may do early, and once, what is the same for every thread: a fault there is this thread's
  fiber->thread = group.crew.order[group.crew.next];
  return fiber;
}

void go(Fiber* to) {
  Fiber* from = std::exchange(current, to);
  group.thread->local = to->thread;
  kiln_switch(&from->stackPointer, to->stackPointer);
}

// What a fiber does all its life: starts threads while there are any, then rests.
void run() {
  for (;;) {
    if (group.crew.next < group.crew.count) group.kernel->run(group.arguments, group.crew);
    idle.push_back(current);
    go(next());
  }
}

// After a fault: no fiber keeps anything of what it ran.
void startOver() {
  idle.clear();
  waiting.clear();
  woken.clear();
  for (size_t i = 0; i < all.size(); i++) {
    prepare(*all[i], i);
    idle.push_back(all[i].get());
  }
}

}  // namespace

std::string runGroup(const kiln::Kernel& kernel, void* const* arguments, kiln::Thread& thread,
                     const int* order, int count, bool shuffleWoken) {
  group = {&kernel, arguments, &thread, {order, count, 0, 0}, shuffleWoken, "", 0};
  go(next());
  if (group.fault.empty() && !waiting.empty()) {
    thread.local = waiting.front()->thread;
    group.fault = std::to_string(waiting.size()) + " threads wait at the BARRIER() in line " +
                  std::to_string(group.barrierLine) + ", and " + std::to_string(group.crew.done) +
                  " have ended without it";
  }
  if (!group.fault.empty()) startOver();
  return group.fault;
}

void barrier(int line) {
  if (!waiting.empty() && line != group.barrierLine) {
    abandon("threads of one group meet at different barriers: BARRIER() in line " +
            std::to_string(group.barrierLine) + " and in line " + std::to_string(line));
  }
  group.barrierLine = line;
  current->thread = group.thread->local;
  if ((int)waiting.size() + 1 < group.crew.count) {
    waiting.push_back(current);
    go(next());
    return;
  }
  // The last to arrive goes on at once, unless the order is to be random for all.
  if (group.shuffleWoken) std::shuffle(waiting.begin(), waiting.end(), random);
  woken.assign(waiting.begin(), waiting.end());
  waiting.clear();
}

void abandon(const std::string& fault) {
  group.fault = fault;
  caller.thread = group.thread->local;  // so that the caller can name the thread
  go(&caller);
  __builtin_unreachable();
}

}  // namespace fibers
