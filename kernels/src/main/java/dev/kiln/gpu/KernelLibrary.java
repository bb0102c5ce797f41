package dev.kiln.gpu;

import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Kernels by program and name; each is built by the driver when it is first asked for. */
final class KernelLibrary {
  private final Driver driver;
  private final MemoryPool pool;
  private final ProgramCatalog catalog;
  private final Map<String, Map<String, Kernel>> kernels;
  private volatile Tuning tuning = Tuning.NONE;

  /**
   * @param pool that of {@code driver}, to make room where a kernel finds none
   */
  KernelLibrary(Driver driver, MemoryPool pool, ProgramCatalog catalog) {
    this(driver, pool, catalog, new ConcurrentHashMap<>());
  }

  private KernelLibrary(
      Driver driver,
      MemoryPool pool,
      ProgramCatalog catalog,
      Map<String, Map<String, Kernel>> kernels) {
    this.driver = driver;
    this.pool = pool;
    this.catalog = catalog;
    this.kernels = kernels;
  }

  /** The same kernels, for plans that another tuning tells what to take. */
  KernelLibrary tunedBy(Tuning other) {
    KernelLibrary library = new KernelLibrary(driver, pool, catalog, kernels);
    library.tune(other);
    return library;
  }

  Kernel kernel(String program, String name) {
    Map<String, Kernel> built = kernels.get(program);
    Kernel kernel = built == null ? null : built.get(name);
    return kernel == null ? build(program, name) : kernel;
  }

  private Kernel build(String program, String name) {
    return kernels
        .computeIfAbsent(program, key -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            name,
            key ->
                pool.withRoom(
                    () -> "room for program " + program,
                    () -> driver.kernel(catalog.program(program), name)));
  }

  /** Which variants the plans take that choose among these kernels. */
  Tuning tuning() {
    return tuning;
  }

  void tune(Tuning wanted) {
    tuning = wanted;
  }

  /** A tunable of a program, such as its WG or its tile; see {@link KernelProgram#tunable}. */
  int tunable(String program, String define) {
    return catalog.program(program).tunable(define);
  }
}
