/** The GPU backends. */
module dev.kiln.kernels {
  requires dev.kiln;
  requires jcuda;
  requires jocl;
  requires static org.jspecify;

  provides dev.kiln.backend.BackendProvider with
      dev.kiln.gpu.cuda.CudaProvider,
      dev.kiln.gpu.opencl.OpenClProvider;
}
