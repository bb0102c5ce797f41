#include "queue.h"

#include <deque>
#include <utility>

namespace queue {
namespace {

bool deferred = false, stalled = false;
std::deque<Item> waiting;
uint64_t queued = 0;  // of all time
uint64_t done = 0;
long submitted = 0;
Result fault = SUCCESS;
Stream* capturing = nullptr;

Result drainUntil(uint64_t end) {
  while (done < end) {
    Item item = std::move(waiting.front());
    waiting.pop_front();
    done++;
    if (fault == SUCCESS) fault = item();
  }
  return fault;
}

Result forbidden(Stream& stream, const char* call) {
  stream.invalid = true;
  return fail(CAPTURE_UNSUPPORTED, std::string(call) + " while a stream is being captured");
}

Result invalid() { return fail(CAPTURE_INVALIDATED, "an earlier call has ended the capture"); }

}  // namespace

void setDeferred(bool wanted) {
  deferred = wanted;
  if (!wanted) drain();
}

void setStalled(bool wanted) {
  stalled = wanted;
  if (!stalled && !deferred) drain();
}

bool isStalled() { return stalled; }

Result submit(Stream& stream, Item item) {
  if (stream.capturing) {
    if (stream.invalid) return invalid();
    stream.captured.push_back(std::move(item));
    return SUCCESS;
  }
  submitted++;
  queued++;
  waiting.push_back(std::move(item));
  return deferred || stalled ? SUCCESS : drain();
}

long submissions() { return submitted; }

Result drain() { return drainUntil(queued); }

Result drainTo(const Event& event) { return drainUntil(event.after); }

Result record(Stream& stream, Event& event) {
  if (stream.capturing) return fail(NOT_SUPPORTED, "events in a capture are not mocked");
  event.after = queued;
  return SUCCESS;
}

bool isEmpty() { return waiting.empty(); }

bool isReached(const Event& event) { return event.after <= done; }

Result broken() { return fault; }

Result breakWith(Result result) { return fault = result; }

void mend() {
  drain();
  fault = SUCCESS;
  capturing = nullptr;
}

Result beginCapture(Stream& stream, CaptureMode mode) {
  if (capturing != nullptr) return fail(ILLEGAL_STATE, "a stream is being captured already");
  capturing = &stream;
  stream.capturing = true;
  stream.invalid = false;
  stream.mode = mode;
  stream.captured.clear();
  return SUCCESS;
}

Result endCapture(Stream& stream, Work** graph) {
  *graph = nullptr;
  if (!stream.capturing) return fail(ILLEGAL_STATE, "the stream is not being captured");
  capturing = nullptr;
  stream.capturing = false;
  if (stream.invalid) return invalid();
  *graph = new Work(std::move(stream.captured));
  return SUCCESS;
}

Result waitingFor(Stream& stream, const char* call) {
  return stream.capturing ? forbidden(stream, call) : SUCCESS;
}

Result unsafe(const char* call) {
  if (capturing == nullptr || capturing->mode == RELAXED) return SUCCESS;
  return forbidden(*capturing, call);
}

}  // namespace queue
