package dev.kiln.gpu;

import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;

/** Programs that do not compile, in the test resources. */
public final class WrongPrograms {
  private WrongPrograms() {}

  public static KernelProgram undeclared() {
    return new ProgramCatalog(WrongPrograms.class, "wrong/").program("undeclared");
  }
}
