// resample — images at another size: upsampling, adaptive average pooling, and the way back
//
//   resample            y[p][oh][ow] = sum over h, w of a(oh, h) * b(ow, w) * x[p][h][w]
//   resample_gradient   dx[p][h][w]  = sum over oh, ow of a(oh, h) * b(ow, w) * dy[p][oh][ow]
//
//   x, dx  [planes][inHeight][inWidth]        y, dy  [planes][outHeight][outWidth]
//
// Both dimensions are alike. Output o is made of neighbouring inputs, the first of them with the
// weight `lead`, the others with `rest`:
//
//   method             inputs                                            lead          rest
//   0 AVERAGE          o * in / out  up to  ceil((o + 1) * in / out)     1 / number    the same
//   1 NEAREST          floor(o * step)                                   1
//   2 LINEAR           floor(place) and the next                         1 - beyond    beyond
//                      place = max(0, (o + 0.5) * step - 0.5), beyond = place - floor(place)
//   3 LINEAR_CORNERS   the same with place = o * step
//
// The outputs that an input is part of are neighbours too: the gradient gathers them.
//
// Launch   a work-item an element of the result, any number of groups
// Order    rows, within them columns
// Tunable  WG   work-group size

#define AVERAGE 0
#define NEAREST 1
#define LINEAR 2

typedef struct {
  int first;
  int last;
  float lead;
  float rest;
} Taps;

DEVICE_FN Taps taps_of(int o, int method, int in, int out, float step) {
  Taps taps;
  if (method == AVERAGE) {
    taps.first = (int)((size_t)o * in / out);
    taps.last = (int)(((size_t)(o + 1) * in + out - 1) / out) - 1;
    taps.lead = taps.rest = 1.0f / (taps.last - taps.first + 1);
    return taps;
  }
  float place = o * step;
  if (method == LINEAR) {
    place = (o + 0.5f) * step - 0.5f;
    if (place < 0) place = 0;
  }
  taps.first = IMIN((int)place, in - 1);
  taps.rest = method == NEAREST || taps.first == in - 1 ? 0 : place - taps.first;
  taps.lead = 1 - taps.rest;
  taps.last = taps.first + (taps.rest > 0);
  return taps;
}

// The first output that input i is part of.
DEVICE_FN int first_user(int i, int method, int in, int out, float step) {
  int o = 0;
  if (method == AVERAGE) {
    o = (int)((size_t)i * out / in);
  } else if (step > 0) {
    o = IMAX(0, IMIN(out, (int)((i - 1) / step)) - 2);  // rounded, so some before it
  }
  while (o < out && taps_of(o, method, in, out, step).last < i) o++;
  return o;
}

KERNEL(WG) resample(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int method,
                    int inHeight, int inWidth, int outHeight, int outWidth, float stepHeight,
                    float stepWidth, int count) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)count; e += GLOBAL_SIZE(0)) {
    const int row = (int)e / outWidth;
    const int plane = row / outHeight;
    const Taps v = taps_of(row - plane * outHeight, method, inHeight, outHeight, stepHeight);
    const Taps u = taps_of((int)e - row * outWidth, method, inWidth, outWidth, stepWidth);
    GLOBAL const float* from = x + (size_t)plane * inHeight * inWidth;
    float sum = 0;
    for (int h = v.first; h <= v.last; h++) {
      float line = u.lead * from[(size_t)h * inWidth + u.first];
      for (int w = u.first + 1; w <= u.last; w++) line += u.rest * from[(size_t)h * inWidth + w];
      sum += (h == v.first ? v.lead : v.rest) * line;
    }
    y[e] = sum;
  }
}

KERNEL(WG) resample_gradient(GLOBAL const float* RESTRICT dy, GLOBAL float* RESTRICT dx,
                             int method, int inHeight, int inWidth, int outHeight, int outWidth,
                             float stepHeight, float stepWidth, int count) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)count; e += GLOBAL_SIZE(0)) {
    const int row = (int)e / inWidth;
    const int plane = row / inHeight;
    const int h = row - plane * inHeight;
    const int w = (int)e - row * inWidth;
    GLOBAL const float* from = dy + (size_t)plane * outHeight * outWidth;
    const int left = first_user(w, method, inWidth, outWidth, stepWidth);
    float sum = 0;
    for (int oh = first_user(h, method, inHeight, outHeight, stepHeight); oh < outHeight; oh++) {
      const Taps v = taps_of(oh, method, inHeight, outHeight, stepHeight);
      if (v.first > h) break;
      float line = 0;
      for (int ow = left; ow < outWidth; ow++) {
        const Taps u = taps_of(ow, method, inWidth, outWidth, stepWidth);
        if (u.first > w) break;
        line += (u.first == w ? u.lead : u.rest) * from[(size_t)oh * outWidth + ow];
      }
      sum += (v.first == h ? v.lead : v.rest) * line;
    }
    dx[e] = sum;
  }
}
