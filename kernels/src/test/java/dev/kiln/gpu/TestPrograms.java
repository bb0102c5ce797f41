package dev.kiln.gpu;

import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;

/** The programs in the test resources: small true ones, and wrong ones. */
public final class TestPrograms {
  private static final ProgramCatalog CATALOG = new ProgramCatalog(TestPrograms.class, "catalog/");

  private TestPrograms() {}

  public static KernelProgram program(String name) {
    return CATALOG.program(name);
  }
}
