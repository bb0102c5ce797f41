#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace memory {
namespace {

constexpr size_t PAGE = 4096;
constexpr size_t ALIGNMENT = 16;
constexpr size_t GUARD = 1 << 20;  // unmapped before and behind every allocation
constexpr size_t ARENA = size_t(1) << 44;
constexpr unsigned char POISON = 0xFF;
constexpr int UNBACKED = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

struct Allocation {
  size_t bytes;
  unsigned char* pages;
  size_t pageBytes;
  bool freed;

  unsigned char* end() const { return pages + pageBytes; }
};

std::map<Address, Allocation> allocations;  // the freed ones too, to name them
unsigned char* freshPages = nullptr;
size_t capacityBytes = size_t(8) << 30;
size_t usedBytes = 0;

size_t roundUp(size_t n, size_t step) { return (n + step - 1) / step * step; }

// The allocation whose pages, or the guards at either side of them, hold the address.
const std::pair<const Address, Allocation>* around(Address address) {
  auto next = allocations.upper_bound(address);
  if (next != allocations.begin()) {
    auto& before = *std::prev(next);
    if (address < (Address)before.second.end() + GUARD) return &before;
  }
  if (next == allocations.end() || address < (Address)next->second.pages - GUARD) return nullptr;
  return &*next;
}

}  // namespace

void setCapacity(size_t bytes) { capacityBytes = bytes; }
size_t capacity() { return capacityBytes; }
size_t used() { return usedBytes; }

size_t count() {
  return std::count_if(allocations.begin(), allocations.end(),
                       [](auto& entry) { return !entry.second.freed; });
}

Result allocate(Address* address, size_t bytes) {
  if (bytes == 0) return fail(INVALID_VALUE, "an allocation of no bytes");
  if (bytes > capacityBytes - usedBytes) return fail(OUT_OF_MEMORY, "out of memory");
  if (freshPages == nullptr) {
    void* arena = mmap(nullptr, ARENA, PROT_NONE, UNBACKED, -1, 0);
    if (arena == MAP_FAILED) return fail(OUT_OF_MEMORY, "no address space");
    freshPages = (unsigned char*)arena + GUARD;
  }
  const size_t rounded = roundUp(bytes, ALIGNMENT), pageBytes = roundUp(rounded, PAGE);
  if (mprotect(freshPages, pageBytes, PROT_READ | PROT_WRITE) != 0)
    return fail(OUT_OF_MEMORY, "the host has no memory");
  memset(freshPages, POISON, pageBytes);
  *address = (Address)(freshPages + pageBytes - rounded);
  allocations[*address] = {bytes, freshPages, pageBytes, false};
  freshPages += pageBytes + 2 * GUARD;
  usedBytes += bytes;
  return SUCCESS;
}

Result release(Address address) {
  auto found = allocations.find(address);
  if (found == allocations.end()) return fail(INVALID_VALUE, "not the start of an allocation");
  Allocation& allocation = found->second;
  if (allocation.freed) return fail(INVALID_VALUE, "freed twice: " + size(address));
  long offset;
  const bool whole = intact(address, &offset);
  allocation.freed = true;
  usedBytes -= allocation.bytes;
  mmap(allocation.pages, allocation.pageBytes, PROT_NONE, UNBACKED | MAP_FIXED, -1, 0);
  if (whole) return SUCCESS;
  return fail(ILLEGAL_ADDRESS, "something wrote at offset " + std::to_string(offset) + " of " +
                                   size(address));
}

void releaseAll() {
  for (auto& entry : allocations) {
    if (!entry.second.freed) release(entry.first);
  }
}

Result check(Address address, size_t bytes, const char* what) {
  Address start = allocationOf(address);
  if (start != 0 && address + bytes <= start + allocations[start].bytes) return SUCCESS;
  std::string place = describe(address);
  return fail(INVALID_VALUE, std::string(what) + " of " + std::to_string(bytes) + " bytes at " +
                                 (place.empty() ? "no device address" : place));
}

Address allocationOf(Address address) {
  auto* found = around(address);
  if (found == nullptr || found->second.freed) return 0;
  return address >= found->first && address < found->first + found->second.bytes ? found->first : 0;
}

Address nearest(Address address) {
  auto* found = around(address);
  return found == nullptr ? 0 : found->first;
}

bool intact(Address start, long* offset) {
  const Allocation& allocation = allocations[start];
  for (unsigned char* p = allocation.pages; p < allocation.end(); p++) {
    if (p == (unsigned char*)start) p += allocation.bytes;
    if (p < allocation.end() && *p != POISON) {
      *offset = p - (unsigned char*)start;
      return false;
    }
  }
  return true;
}

std::string size(Address start) {
  const Allocation& allocation = allocations[start];
  return std::string(allocation.freed ? "a freed buffer of " : "a buffer of ") +
         std::to_string(allocation.bytes) + " bytes";
}

std::string describe(Address address) {
  auto* found = around(address);
  if (found == nullptr) return "";
  return "offset " + std::to_string((long)(address - found->first)) + " of " + size(found->first);
}

}  // namespace memory
