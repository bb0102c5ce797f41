/** The GPU backends. */
module dev.kiln.kernels {
  requires dev.kiln;
  requires jcuda;
  requires jocl;
  requires static org.jspecify;
}
