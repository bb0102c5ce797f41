package dev.kiln.gpu.driver;

import java.util.Map;

/** One line of {@code programs.txt}: a kernel text with its tunables fixed. */
public final class KernelProgram {
  private final ProgramCatalog catalog;
  private final String name;
  private final String file;
  private final Map<String, String> defines;

  KernelProgram(ProgramCatalog catalog, String name, String file, Map<String, String> defines) {
    this.catalog = catalog;
    this.name = name;
    this.file = file;
    this.defines = defines;
  }

  public String name() {
    return name;
  }

  /** The kernel text's file name, such as {@code gemm.cl}. */
  public String file() {
    return file;
  }

  /** The tunables in the order of the line. */
  public Map<String, String> defines() {
    return defines;
  }

  /**
   * A tunable that the line gives, so that launch geometry and kernel text cannot disagree.
   *
   * @throws IllegalArgumentException if the line does not give it
   */
  public int tunable(String define) {
    String value = defines.get(define);
    if (value == null) {
      throw new IllegalArgumentException("program " + name + " does not define " + define);
    }
    return Integer.parseInt(value);
  }

  /** The whole text for an OpenCL compiler: dialect, tunables, kernels; it includes nothing. */
  public String openClSource() {
    return catalog.openClSource(this);
  }

  /** The PTX that was built from the same text. */
  public String ptx() {
    return catalog.ptx(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
