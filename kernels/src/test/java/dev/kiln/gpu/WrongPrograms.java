package dev.kiln.gpu;

/** Programs that do not compile, in the test resources. */
public final class WrongPrograms {
  private WrongPrograms() {}

  public static KernelProgram undeclared() {
    return new ProgramCatalog(WrongPrograms.class, "wrong/").program("undeclared");
  }
}
