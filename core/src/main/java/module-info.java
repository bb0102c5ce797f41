/** Tensors, automatic differentiation, neural network layers and the CPU backend. */
module dev.kiln {
  requires static jdk.incubator.vector;
  requires static org.jspecify;

  exports dev.kiln;
  exports dev.kiln.autograd;
  exports dev.kiln.backend;
  exports dev.kiln.data;
  exports dev.kiln.io;
  exports dev.kiln.nn;
  exports dev.kiln.ops;
  exports dev.kiln.optim;

  uses dev.kiln.backend.BackendProvider;

  provides dev.kiln.backend.BackendProvider with
      dev.kiln.cpu.CpuProvider;
}
