// What the convolution kernels share: the extents of dev.kiln.backend.Conv2dSpec as parameters, and
// division by numbers that the host knows.
//
//   x  [images][inChannels][inHeight][inWidth]      w  [outChannels][groupIn][kernelHeight][kernelWidth]
//   y  [images][outChannels][outHeight][outWidth]   group g: inChannels  g * groupIn  ..  + groupIn
//                                                            outChannels g * groupOut .. + groupOut
//
//   y[oh][ow] reads x[oh * strideHeight - paddingHeight + i * dilationHeight][ow * …] at w[i][j], a tap
#ifndef KILN_CONV_H
#define KILN_CONV_H

#define CONV_EXTENTS                                                                       \
  int images, int inChannels, int inHeight, int inWidth, int outChannels, int outHeight,   \
      int outWidth, int kernelHeight, int kernelWidth, int strideHeight, int strideWidth,  \
      int paddingHeight, int paddingWidth, int dilationHeight, int dilationWidth, int groups

// x / d for 0 <= x < 2^31: the host passes magic = ceil(2^(31 + shift) / d), shift = ceil(log2 d).
#define DIVISOR(d) uint d##Magic, int d##Shift
#define DIVIDE(x, d) ((int)(MUL_HI((uint)(x) << 1, d##Magic) >> d##Shift))

// A coordinate so far outside that no tap brings it back in.
#define OUTSIDE (1 << 30)

#endif
