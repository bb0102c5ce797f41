// Rows of [outer][n][inner], each shared by a team of work-items that keep it in local memory
//
//   A team is 1, 4, 16 ... WG work-items, so a group has WG / team rows at a time. Where inner = 1 its
//   work-items are neighbours, else neighbours have neighbouring rows. Elements come in quads:
//
//   inner = 1, n a multiple of 4    0 0 0 0 1 1 1 1 | 0 0 0 0 1 1 1 1     a team of 2: whose elements
//   any other rows                  0 1 0 1 0 1 0 1 | 0 1 0 1 0 1         they are; quad 0 | quad 1
//
//   The former are one load or store each. A work-item keeps QUADS of them: a row of up to 4 * QUADS *
//   team elements is read once. What is left of a longer one is read whenever it is needed. Registers
//   in place of local memory would want the loops unrolled, and that is 2.7 times the PTX.
//
// Wants WG and QUADS. The kernels have parameters n, inner, rows and team.
#ifndef KILN_ROW_H
#define KILN_ROW_H

// What a work-item has of a row.
typedef struct {
  uint row;
  size_t start;
  int n;           // 0 for a team without a row: beyond the last one
  int team, lane;  // lane: the work-item's place in the team
  int apart;       // two that follow each other in the team, in the group
  int inFours;     // a quad is one load
  int first, hop;  // element e of quad q is first + 4 * q * team + e * hop
} Share;

// The first of the rows that a group has at a time, again and again.
#define EACH_ROWS                               \
  uint begin = (uint)GROUP_ID(0) * (WG / team); \
  begin < (uint)rows;                           \
  begin += (uint)GROUP_COUNT(0) * (WG / team)

DEVICE_FN Share share_of(uint begin, int n, int inner, int rows, int team) {
  const int id = LOCAL_ID(0);
  const int teams = WG / team;
  Share s;
  s.row = begin + (inner == 1 ? id / team : id % teams);
  s.start = (size_t)(s.row / inner) * n * inner + s.row % inner;
  s.n = s.row < (uint)rows ? n : 0;
  s.team = team;
  s.lane = inner == 1 ? id % team : id / teams;
  s.apart = inner == 1 ? 1 : teams;
  s.inFours = inner == 1 && n % 4 == 0;
  s.first = s.inFours ? 4 * s.lane : s.lane;
  s.hop = s.inFours ? 1 : team;
  return s;
}

#define EACH_QUAD ROLLED for (int q = 0; 4 * q * team < n; q++)

DEVICE_FN int quad_at(Share s, int q) { return s.first + 4 * q * s.team; }

// Element i of something as long as the row, or a number in place of what there is not.
DEVICE_FN float load_one(GLOBAL const float* p, Share s, int i, int inner, float missing) {
  return i < s.n ? p[i * inner] : missing;
}

// A quad; p is where the row starts, and its elements are inner apart.
DEVICE_FN float4 load_quad(GLOBAL const float* p, Share s, int q, int inner, float missing) {
  const int i = quad_at(s, q);
  if (s.inFours) return i < s.n ? LOAD4(p + i) : F4_ALL(missing);
  return F4(load_one(p, s, i, inner, missing), load_one(p, s, i + s.hop, inner, missing),
            load_one(p, s, i + 2 * s.hop, inner, missing),
            load_one(p, s, i + 3 * s.hop, inner, missing));
}

DEVICE_FN void store_quad(GLOBAL float* p, Share s, int q, int inner, float4 v) {
  const int i = quad_at(s, q);
  if (s.inFours) {
    if (i < s.n) STORE4(p + i, v);
  } else {
    if (i < s.n) p[i * inner] = v.x;
    if (i + s.hop < s.n) p[(i + s.hop) * inner] = v.y;
    if (i + 2 * s.hop < s.n) p[(i + 2 * s.hop) * inner] = v.z;
    if (i + 3 * s.hop < s.n) p[(i + 3 * s.hop) * inner] = v.w;
  }
}

// A work-item's own places in KEPT floats of local memory.
#define KEPT (4 * QUADS * WG)

DEVICE_FN void keep(LOCAL_PTR float* kept, int place, float4 v) {
  LOCAL_STORE4(kept + 4 * (place * WG + LOCAL_ID(0)), v);
}

DEVICE_FN float4 kept_at(LOCAL_PTR const float* kept, int place) {
  return LOCAL_LOAD4(kept + 4 * (place * WG + LOCAL_ID(0)));
}

// v, but 0 for elements that there are not.
DEVICE_FN float4 existing(Share s, int q, float4 v) {
  const int i = quad_at(s, q);
  return F4(i < s.n ? v.x : 0, i + s.hop < s.n ? v.y : 0, i + 2 * s.hop < s.n ? v.z : 0,
            i + 3 * s.hop < s.n ? v.w : 0);
}

DEVICE_FN float4 exp_quad(float4 v) { return F4(EXP(v.x), EXP(v.y), EXP(v.z), EXP(v.w)); }

DEVICE_FN float4 quotient(float4 v, float by) { return F4(v.x / by, v.y / by, v.z / by, v.w / by); }

DEVICE_FN float sum_quad(float4 v) { return (v.x + v.y) + (v.z + v.w); }

// A NaN is dropped, as FMAX does.
DEVICE_FN float max_quad(float4 v) { return FMAX(FMAX(v.x, v.y), FMAX(v.z, v.w)); }

// ---- over a team: a tree, to every work-item of it. All of the group call; scratch as in group.h ----

DEVICE_FN float team_sum(LOCAL_PTR float* scratch, Share s, float value) {
  const int id = LOCAL_ID(0);
  scratch[id] = value;
  BARRIER();
  for (int span = s.team / 2; span > 0; span /= 2) {
    if (s.lane < span) scratch[id] += scratch[id + span * s.apart];
    BARRIER();
  }
  const float sum = scratch[id - s.lane * s.apart];
  BARRIER();  // nobody overwrites scratch before all have read it
  return sum;
}

// A NaN is dropped here too.
DEVICE_FN float team_max(LOCAL_PTR float* scratch, Share s, float value) {
  const int id = LOCAL_ID(0);
  scratch[id] = value;
  BARRIER();
  for (int span = s.team / 2; span > 0; span /= 2) {
    if (s.lane < span) scratch[id] = FMAX(scratch[id], scratch[id + span * s.apart]);
    BARRIER();
  }
  const float most = scratch[id - s.lane * s.apart];
  BARRIER();
  return most;
}

#endif
