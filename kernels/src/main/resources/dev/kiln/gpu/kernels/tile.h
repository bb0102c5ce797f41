// The product of a work-group's tiles, shared by gemm_tiled.cl and conv_tiled.cl.
//
// The group owns TILE_M x TILE_N numbers of C and walks along k in steps of TILE_K. A and B of one
// step lie in local memory with k as the outer dimension, so that items read runs of 4:
//
//   tileA  [TILE_K][PITCH_M]     tileB  [TILE_K][PITCH_N]     pitch = tile + 4: the four scattered
//                                                            stores of a float4 that runs along k
//                                                            hit different banks
//
// Each work-item owns ITEM_M rows and ITEM_N columns of the tile, in runs of 4 that lie
// 4 * ITEMS_DOWN rows and 4 * ITEMS_ACROSS columns apart. 32 neighbouring work-items are 4 down and
// 8 across: together they read 16 numbers of A (each once, for 8 of them) and 32 of B a run, which
// is a conflict-free 128 bytes. While an item multiplies one row of the strips it reads the next:
// it holds two in turns, row k as turn k % 2.
//
//             0..3  4..7            8 * 4 = 32
//      0..3    0     1   ...   7 |  0 ...          the number is the item; its second run of
//      4..7    8     9   ...  15 |  8 ...          columns begins at 4 * ITEMS_ACROSS
//              ..                |
//
// Tunables  TILE_M TILE_N TILE_K   the tile; TILE_K a multiple of 4
//           ITEM_M                 4, 8 or 16
//           ITEM_N                 4 or 8
//           WG = (TILE_M / ITEM_M) * (TILE_N / ITEM_N), a multiple of 32
#ifndef KILN_TILE_H
#define KILN_TILE_H

#define PITCH_M (TILE_M + 4)
#define PITCH_N (TILE_N + 4)
#define ITEMS_DOWN (TILE_M / ITEM_M)
#define ITEMS_ACROSS (TILE_N / ITEM_N)
#define HALF_M (TILE_K * PITCH_M)  // of local memory that holds two strips
#define HALF_N (TILE_K * PITCH_N)
#define RUNS_M (ITEM_M / 4)
#define RUNS_N (ITEM_N / 4)

#if WG != ITEMS_DOWN * ITEMS_ACROSS || ITEMS_ACROSS % 8 != 0 || ITEMS_DOWN % 4 != 0
#error "WG must be the number of items in a tile, a multiple of 8 across and of 4 down"
#endif

// The first column and row of this work-item's first run.
DEVICE_FN int item_column(void) {
  const int across = LOCAL_ID(0) % 8 + LOCAL_ID(0) / 32 % (ITEMS_ACROSS / 8) * 8;
  return 4 * across;
}

DEVICE_FN int item_row(void) {
  const int down = LOCAL_ID(0) / 8 % 4 + LOCAL_ID(0) / (4 * ITEMS_ACROSS) * 4;
  return 4 * down;
}

// Row i (of ITEM_M) and the columns of run j (of RUNS_N), counted from the first.
DEVICE_FN int row_of(int i) { return i / 4 * 4 * ITEMS_DOWN + i % 4; }
DEVICE_FN int column_of(int j) { return j * 4 * ITEMS_ACROSS; }

// This work-item's part of a row of the strips; a and b point at its first row and column in it.
DEVICE_FN void read_row(LOCAL_PTR const float* a, LOCAL_PTR const float* b, int turn, float4* down,
                        float4* across) {
  UNROLL
  for (int i = 0; i < RUNS_M; i++) down[turn * RUNS_M + i] = LOCAL_LOAD4(a + row_of(4 * i));
  UNROLL
  for (int j = 0; j < RUNS_N; j++) across[turn * RUNS_N + j] = LOCAL_LOAD4(b + column_of(j));
}

// sum[ITEM_M][RUNS_N] += A · B for one row of the strips.
DEVICE_FN void multiply_row(int turn, const float4* down, const float4* across, float4* sum) {
  UNROLL
  for (int i = 0; i < RUNS_M; i++) {
    const float4 a = down[turn * RUNS_M + i];
    UNROLL
    for (int j = 0; j < RUNS_N; j++) {
      const float4 b = across[turn * RUNS_N + j];
      float4* to = sum + 4 * i * RUNS_N + j;
      to[0 * RUNS_N] = FMA4(F4_ALL(a.x), b, to[0 * RUNS_N]);
      to[1 * RUNS_N] = FMA4(F4_ALL(a.y), b, to[1 * RUNS_N]);
      to[2 * RUNS_N] = FMA4(F4_ALL(a.z), b, to[2 * RUNS_N]);
      to[3 * RUNS_N] = FMA4(F4_ALL(a.w), b, to[3 * RUNS_N]);
    }
  }
}

// All rows of the strips but the last, which is left so that row 0 of the next strips can be read
// meanwhile. Row 0 has been read; the last will have been.
DEVICE_FN void multiply_rows(LOCAL_PTR const float* a, LOCAL_PTR const float* b, float4* down,
                             float4* across, float4* sum) {
  UNROLL
  for (int k = 1; k < TILE_K; k++) {
    read_row(a + k * PITCH_M, b + k * PITCH_N, k % 2, down, across);
    multiply_row((k - 1) % 2, down, across, sum);
  }
}

// All rows.
DEVICE_FN void tile_product(LOCAL_PTR const float* a, LOCAL_PTR const float* b, float4* sum) {
  float4 down[2 * RUNS_M];
  float4 across[2 * RUNS_N];
  read_row(a, b, 0, down, across);
  multiply_rows(a, b, down, across, sum);
  multiply_row(1, down, across, sum);
}

#endif
