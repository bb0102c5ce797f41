// Minimal filtering of a 3 x 3 kernel: RESULTS x RESULTS pixels from POINTS x POINTS products
// (Winograd 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016)
//
//   y = At ((G g Gt) . (Bt d B)) A        g the kernel, d the POINTS x POINTS pixels that y sees
//
// Along one dimension F(RESULTS, 3) evaluates polynomials at POINTS places, the last at infinity:
// 0 and +-1 for two results; 0, +-3/4 and +-3/2 for four. The usual 0, +-1 and +-2 make the rounding
// error of four results four to eight times that of the plain sum, these up to 1.7 times from 64
// channels on: powers and differences of these numbers stay near 1.
//
// Tunable  RESULTS   2 or 4
// ELEMENT and ADD_PRODUCT(a, b, c), a a float, may be defined before: vectors take the same transforms.
#ifndef KILN_WINOGRAD_H
#define KILN_WINOGRAD_H

#define POINTS (RESULTS + 2)
#define PRODUCTS (POINTS * POINTS)

#ifndef ELEMENT
#define ELEMENT float
#define ADD_PRODUCT(a, b, c) FMA(a, b, c)  // a * b + c
#endif

#if RESULTS == 2

// Bt d, in place: POINTS numbers, apart from each other.
DEVICE_FN void transform_image(ELEMENT* d, int apart) {
  const ELEMENT d0 = d[0], d1 = d[apart], d2 = d[2 * apart], d3 = d[3 * apart];
  d[0] = d0 - d2;
  d[apart] = d1 + d2;
  d[2 * apart] = d2 - d1;
  d[3 * apart] = d1 - d3;
}

// G g: 3 numbers to POINTS.
DEVICE_FN void transform_kernel(const ELEMENT* g, int apart, ELEMENT* u, int uApart) {
  const ELEMENT g0 = g[0], g1 = g[apart], g2 = g[2 * apart];
  u[0] = g0;
  u[uApart] = 0.5f * (g0 + g1 + g2);
  u[2 * uApart] = 0.5f * (g0 - g1 + g2);
  u[3 * uApart] = g2;
}

// Gt u: POINTS to 3.
DEVICE_FN void transform_kernel_back(const ELEMENT* u, int apart, ELEMENT* g, int gApart) {
  const ELEMENT mean = 0.5f * (u[apart] + u[2 * apart]);
  g[0] = u[0] + mean;
  g[gApart] = 0.5f * (u[apart] - u[2 * apart]);
  g[2 * gApart] = mean + u[3 * apart];
}

// At m: POINTS to RESULTS.
DEVICE_FN void transform_results(const ELEMENT* m, int apart, ELEMENT* y, int yApart) {
  y[0] = m[0] + m[apart] + m[2 * apart];
  y[yApart] = m[apart] - m[2 * apart] - m[3 * apart];
}

// A y: RESULTS to POINTS.
DEVICE_FN void transform_results_back(const ELEMENT* y, int apart, ELEMENT* m, int mApart) {
  const ELEMENT y0 = y[0], y1 = y[apart];
  m[0] = y0;
  m[mApart] = y0 + y1;
  m[2 * mApart] = y0 - y1;
  m[3 * mApart] = -y1;
}

#else

#define NEAR 0.75f  // the points
#define FAR 1.5f
#define NEAR_2 (NEAR * NEAR)
#define FAR_2 (FAR * FAR)
#define OF_ZERO (1 / (NEAR_2 * FAR_2))
#define OF_NEAR (1 / (2 * NEAR_2 * (NEAR_2 - FAR_2)))
#define OF_FAR (1 / (2 * FAR_2 * (FAR_2 - NEAR_2)))

DEVICE_FN void transform_image(ELEMENT* d, int apart) {
  const ELEMENT d0 = d[0], d1 = d[apart], d2 = d[2 * apart];
  const ELEMENT d3 = d[3 * apart], d4 = d[4 * apart], d5 = d[5 * apart];
  const ELEMENT evenNear = ADD_PRODUCT(-FAR_2, d2, d4);
  const ELEMENT oddNear = NEAR * ADD_PRODUCT(-FAR_2, d1, d3);
  const ELEMENT evenFar = ADD_PRODUCT(-NEAR_2, d2, d4);
  const ELEMENT oddFar = FAR * ADD_PRODUCT(-NEAR_2, d1, d3);
  d[0] = ADD_PRODUCT(NEAR_2 * FAR_2, d0, ADD_PRODUCT(-(NEAR_2 + FAR_2), d2, d4));
  d[apart] = evenNear + oddNear;
  d[2 * apart] = evenNear - oddNear;
  d[3 * apart] = evenFar + oddFar;
  d[4 * apart] = evenFar - oddFar;
  d[5 * apart] = ADD_PRODUCT(NEAR_2 * FAR_2, d1, ADD_PRODUCT(-(NEAR_2 + FAR_2), d3, d5));
}

DEVICE_FN void transform_kernel(const ELEMENT* g, int apart, ELEMENT* u, int uApart) {
  const ELEMENT g0 = g[0], g1 = g[apart], g2 = g[2 * apart];
  const ELEMENT evenNear = OF_NEAR * ADD_PRODUCT(NEAR_2, g2, g0);
  const ELEMENT oddNear = OF_NEAR * NEAR * g1;
  const ELEMENT evenFar = OF_FAR * ADD_PRODUCT(FAR_2, g2, g0);
  const ELEMENT oddFar = OF_FAR * FAR * g1;
  u[0] = OF_ZERO * g0;
  u[uApart] = evenNear + oddNear;
  u[2 * uApart] = evenNear - oddNear;
  u[3 * uApart] = evenFar + oddFar;
  u[4 * uApart] = evenFar - oddFar;
  u[5 * uApart] = g2;
}

DEVICE_FN void transform_kernel_back(const ELEMENT* u, int apart, ELEMENT* g, int gApart) {
  const ELEMENT evenNear = OF_NEAR * (u[apart] + u[2 * apart]);
  const ELEMENT oddNear = OF_NEAR * NEAR * (u[apart] - u[2 * apart]);
  const ELEMENT evenFar = OF_FAR * (u[3 * apart] + u[4 * apart]);
  const ELEMENT oddFar = OF_FAR * FAR * (u[3 * apart] - u[4 * apart]);
  g[0] = ADD_PRODUCT(OF_ZERO, u[0], evenNear + evenFar);
  g[gApart] = oddNear + oddFar;
  g[2 * gApart] = ADD_PRODUCT(NEAR_2, evenNear, ADD_PRODUCT(FAR_2, evenFar, u[5 * apart]));
}

DEVICE_FN void transform_results(const ELEMENT* m, int apart, ELEMENT* y, int yApart) {
  const ELEMENT evenNear = m[apart] + m[2 * apart];
  const ELEMENT oddNear = NEAR * (m[apart] - m[2 * apart]);
  const ELEMENT evenFar = m[3 * apart] + m[4 * apart];
  const ELEMENT oddFar = FAR * (m[3 * apart] - m[4 * apart]);
  y[0] = m[0] + evenNear + evenFar;
  y[yApart] = oddNear + oddFar;
  y[2 * yApart] = ADD_PRODUCT(NEAR_2, evenNear, FAR_2 * evenFar);
  y[3 * yApart] = ADD_PRODUCT(NEAR_2, oddNear, ADD_PRODUCT(FAR_2, oddFar, m[5 * apart]));
}

DEVICE_FN void transform_results_back(const ELEMENT* y, int apart, ELEMENT* m, int mApart) {
  const ELEMENT y0 = y[0], y1 = y[apart], y2 = y[2 * apart], y3 = y[3 * apart];
  const ELEMENT evenNear = ADD_PRODUCT(NEAR_2, y2, y0);
  const ELEMENT oddNear = NEAR * ADD_PRODUCT(NEAR_2, y3, y1);
  const ELEMENT evenFar = ADD_PRODUCT(FAR_2, y2, y0);
  const ELEMENT oddFar = FAR * ADD_PRODUCT(FAR_2, y3, y1);
  m[0] = y0;
  m[mApart] = evenNear + oddNear;
  m[2 * mApart] = evenNear - oddNear;
  m[3 * mApart] = evenFar + oddFar;
  m[4 * mApart] = evenFar - oddFar;
  m[5 * mApart] = y3;
}

#endif

#endif
