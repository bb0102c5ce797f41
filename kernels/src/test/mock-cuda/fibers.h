// The threads of a group as fibers: a thread gets a stack of its own only once it has to wait.
#pragma once
#include <string>

#include "program.h"

enum class Order { FORWARD, REVERSED, RANDOM };

namespace fibers {

// Runs one group of the kernel, whose threads stand where `thread` says. What went wrong, or "".
std::string runGroup(const kiln::Kernel& kernel, void* const* arguments, kiln::Thread& thread,
                     const int* order, int count, bool shuffleWoken);

// From within a thread: waits until all threads of the group have come here.
void barrier(int line);

// From within a thread, its signal handlers included: ends the group with this message.
[[noreturn]] void abandon(const std::string& fault);

}  // namespace fibers
