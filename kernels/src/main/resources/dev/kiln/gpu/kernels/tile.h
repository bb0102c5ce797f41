// The product of a work-group's tiles, shared by gemm_tiled.cl and conv_tiled.cl.
//
// The group owns TILE_M x TILE_N numbers of C and walks along k in steps of TILE_K. A and B of one
// step lie in local memory with k as the outer dimension, so that items read runs of 4:
//
//   tileA  [TILE_K][PITCH_M]        tileB  [TILE_K][PITCH_N]       pitch = tile + 4: the four
//                                                                  scattered stores of a float4 that
//                                                                  runs along k hit different banks
//
// Each work-item owns ITEM_M rows and ITEM_N columns of the tile, in runs of 4 that lie
// 4 * ITEMS_DOWN rows and 4 * ITEMS_ACROSS columns apart. 32 neighbouring work-items are 4 down and
// 8 across: together they read 16 numbers of A (each once, for 8 of them) and 32 of B a run, which
// is a conflict-free 128 bytes.
//
//             0..3  4..7            8 * 4 = 32
//      0..3    0     1   ...   7 |  0 ...          the number is the item; its second run of
//      4..7    8     9   ...  15 |  8 ...          columns begins at 4 * ITEMS_ACROSS
//              ..                |
//
// Tunables  TILE_M TILE_N TILE_K   the tile; TILE_K a multiple of 4
//           ITEM_M ITEM_N          4 or 8
//           WG = (TILE_M / ITEM_M) * (TILE_N / ITEM_N), a multiple of 32
#ifndef KILN_TILE_H
#define KILN_TILE_H

#define PITCH_M (TILE_M + 4)
#define PITCH_N (TILE_N + 4)
#define ITEMS_DOWN (TILE_M / ITEM_M)
#define ITEMS_ACROSS (TILE_N / ITEM_N)
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

// sum[ITEM_M][RUNS_N] += A · B for one step. a and b point at this item's first row and column.
DEVICE_FN void tile_product(LOCAL_PTR const float* a, LOCAL_PTR const float* b, float4* sum) {
  UNROLL
  for (int k = 0; k < TILE_K; k++) {
    float4 across[RUNS_N];
    UNROLL
    for (int j = 0; j < RUNS_N; j++) across[j] = LOCAL_LOAD4(b + k * PITCH_N + column_of(j));
    UNROLL
    for (int i = 0; i < ITEM_M; i += 4) {
      const float4 down = LOCAL_LOAD4(a + k * PITCH_M + row_of(i));
      UNROLL
      for (int j = 0; j < RUNS_N; j++) {
        sum[(i + 0) * RUNS_N + j] = FMA4(F4_ALL(down.x), across[j], sum[(i + 0) * RUNS_N + j]);
        sum[(i + 1) * RUNS_N + j] = FMA4(F4_ALL(down.y), across[j], sum[(i + 1) * RUNS_N + j]);
        sum[(i + 2) * RUNS_N + j] = FMA4(F4_ALL(down.z), across[j], sum[(i + 2) * RUNS_N + j]);
        sum[(i + 3) * RUNS_N + j] = FMA4(F4_ALL(down.w), across[j], sum[(i + 3) * RUNS_N + j]);
      }
    }
  }
}

#endif
