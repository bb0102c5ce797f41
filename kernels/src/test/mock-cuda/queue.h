// The device's queue, in which the work of all streams waits, and what a stream keeps instead while
// it is being captured.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "faults.h"

namespace queue {

using Item = std::function<Result()>;
using Work = std::vector<Item>;

enum CaptureMode { GLOBAL, THREAD_LOCAL, RELAXED };

struct Stream {
  bool capturing = false;
  bool invalid = false;  // it was asked for what a capture cannot be, and gives no graph any more
  CaptureMode mode = RELAXED;
  Work captured;
};

struct Event {
  uint64_t after = 0;  // how much had been queued when it was recorded; 0: it was not
};

void setDeferred(bool wanted);

// While it is stalled the device does nothing, and who waits for it is to wait longer.
void setStalled(bool wanted);
bool isStalled();

// Queues an item, which runs at once unless it is deferred, or captures it.
Result submit(Stream& stream, Item item);
long submissions();

// Runs what is queued: all of it, or what an event stands behind. The first failure stays the
// device's, for nothing works after a fault.
Result drain();
Result drainTo(const Event& event);
Result record(Stream& stream, Event& event);
bool isEmpty();
bool isReached(const Event& event);

Result broken();
Result breakWith(Result result);
void mend();

Result beginCapture(Stream& stream, CaptureMode mode);
Result endCapture(Stream& stream, Work** graph);

// What is forbidden while a stream is captured, and ends the capture: to wait for that stream, and
// in every mode but the relaxed one whatever may wait for the whole device.
Result waitingFor(Stream& stream, const char* call);
Result unsafe(const char* call);

}  // namespace queue
