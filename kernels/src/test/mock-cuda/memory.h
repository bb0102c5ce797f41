// Device memory: every allocation on pages of its own in a range that belongs to nobody else, its
// end as close to the next unmapped page as 16-byte alignment allows, all of it filled with 0xFF
// (NaN), and so is what remains of its pages. A freed range is never used again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "faults.h"

namespace memory {

typedef uint64_t Address;

void setCapacity(size_t bytes);
size_t capacity();
size_t used();
size_t count();  // of living allocations

Result allocate(Address* address, size_t bytes);
Result release(Address address);
void releaseAll();

// Whether all of the range lies in one living allocation; if not, `what` goes into the failure.
Result check(Address address, size_t bytes, const char* what);

// Start of the living allocation that the address lies in, or 0.
Address allocationOf(Address address);

// Start of the allocation, living or freed, whose pages or guards hold the address, or 0.
Address nearest(Address address);

// Whether what surrounds the allocation is still as it was; if not, the offset of the first change.
bool intact(Address allocation, long* offset);

// "offset 404 of a buffer of 400 bytes", "offset 0 of a freed buffer of 16 bytes", or "".
std::string describe(Address address);
std::string size(Address allocation);

}  // namespace memory
