// Many buffers in one launch: their pointers and sizes are arguments, and work-groups share out the
// chunks of CHUNK elements that they are cut into. A launch takes up to SLOTS buffers, 16 or, where
// each argument of a launch costs as much as a small parameter's step, 8; slots that are not used
// come last and have the size 0. More of them would be fewer launches for large nets and longer PTX.
//
//   EACH_SLOT(M)    M(0) M(1) …: for lists of parameters, each of which begins with its comma
//   CHUNKS(n)       how many chunks n elements are; the launch has as many groups as all chunks
//
// A group goes through the slots until its number falls into one's chunks: its work-items all take
// the same way, and what they compute for a chunk outweighs it.
#ifndef KILN_SLOTS_H
#define KILN_SLOTS_H

#define EIGHT_SLOTS(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7)
#if SLOTS == 8
#define EACH_SLOT(M) EIGHT_SLOTS(M)
#else
#define EACH_SLOT(M) \
  EIGHT_SLOTS(M) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15)
#endif

// n is never negative: without a sign this is an addition and a shift
#define CHUNKS(n) ((int)(((uint)(n) + CHUNK - 1) / CHUNK))

#endif
