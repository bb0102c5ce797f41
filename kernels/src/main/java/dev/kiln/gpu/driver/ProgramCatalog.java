package dev.kiln.gpu.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The programs that {@code programs.txt} lists, each with its text for OpenCL and its PTX for CUDA.
 *
 * <pre>
 *   programs.txt            program name · kernel text · tunables
 *   programs-opencl.txt     the same, for OpenCL alone; need not be there
 *   kernels/NAME.cl         the kernel texts
 *   kernels/dialect/        what stands before them, per API
 *   ptx/PROGRAM.ptx         built by ptx.sh
 * </pre>
 */
public final class ProgramCatalog {
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([^\"]+)\"\\h*$");
  private static final String FOLDER = "/dev/kiln/gpu/";
  private static final ProgramCatalog SHIPPED = new ProgramCatalog(ProgramCatalog.class, FOLDER);

  private final Class<?> anchor;
  private final String folder;
  private final Map<String, KernelProgram> programs;
  private final Map<String, KernelProgram> openClOnly;
  private volatile @Nullable String digest;

  /**
   * @param anchor the class beside whose resources the catalogue lies
   * @param folder where, relative to the class or from "/" on: "" or a path that ends in "/"
   */
  public ProgramCatalog(Class<?> anchor, String folder) {
    this.anchor = anchor;
    this.folder = folder;
    this.programs = parse(read(folder + "programs.txt"));
    String list = folder + "programs-opencl.txt";
    this.openClOnly = anchor.getResource(list) == null ? Map.of() : parse(read(list));
  }

  /** The programs in Kiln's own jar. */
  public static ProgramCatalog shipped() {
    return SHIPPED;
  }

  /** The programs that every API has. */
  public Collection<KernelProgram> programs() {
    return Collections.unmodifiableCollection(programs.values());
  }

  /** The programs that have no PTX: vectors and geometry are those of a CPU behind OpenCL. */
  public Collection<KernelProgram> openClOnly() {
    return Collections.unmodifiableCollection(openClOnly.values());
  }

  /**
   * @throws IllegalArgumentException if {@code programs.txt} has no such program
   */
  public KernelProgram program(String name) {
    KernelProgram program = programs.get(name);
    if (program == null) {
      program = openClOnly.get(name);
    }
    if (program == null) {
      throw new IllegalArgumentException("programs.txt lists no program " + name);
    }
    return program;
  }

  String openClSource(KernelProgram program) {
    StringBuilder source = new StringBuilder(withIncludes("dialect/opencl.h"));
    program.defines().forEach((key, value) -> define(source, key, value));
    return source.append(withIncludes(program.file())).toString();
  }

  String ptx(KernelProgram program) {
    return read(folder + "ptx/" + program.name() + ".ptx");
  }

  /** SHA-256 of all that kernels are made of, in hexadecimal digits. */
  public String digest() {
    String known = digest;
    if (known == null) {
      known = HexFormat.of().formatHex(digestOfTexts());
      digest = known;
    }
    return known;
  }

  private byte[] digestOfTexts() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      Set<String> files = new TreeSet<>(Set.of("dialect/opencl.h", "dialect/cuda.h"));
      for (Map<String, KernelProgram> list : List.of(programs, openClOnly)) {
        for (KernelProgram program : list.values()) {
          files.add(program.file());
          add(sha256, program.name() + " " + program.file() + " " + program.defines());
        }
      }
      files.forEach(file -> add(sha256, withIncludes(file)));
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static void define(StringBuilder source, String key, String value) {
    source.append("#define ").append(key).append(' ').append(value).append('\n');
  }

  /** The text with every include replaced; #line keeps a compiler's messages pointing at files. */
  private String withIncludes(String file) {
    String text = kernelText(file);
    StringBuilder result = new StringBuilder(lineMarker(1, file));
    Matcher include = INCLUDE.matcher(text);
    int done = 0;
    while (include.find()) {
      result.append(text, done, include.start()).append(withIncludes(include.group(1)));
      done = include.end() + 1;
      long next = 1 + text.substring(0, done).chars().filter(c -> c == '\n').count();
      result.append(lineMarker(next, file));
    }
    return result.append(text.substring(done)).toString();
  }

  private static String lineMarker(long line, String file) {
    return "#line " + line + " \"" + file + "\"\n";
  }

  /** A kernel text of this catalogue; the dialect is the shipped one, whoever asks. */
  private String kernelText(String file) {
    return file.startsWith("dialect/")
        ? read(ProgramCatalog.class, FOLDER + "kernels/" + file)
        : read(folder + "kernels/" + file);
  }

  private String read(String resource) {
    return read(anchor, resource);
  }

  private static String read(Class<?> anchor, String resource) {
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource + " beside " + anchor.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource, e);
    }
  }

  private Map<String, KernelProgram> parse(String list) {
    Map<String, KernelProgram> result = new LinkedHashMap<>();
    for (String line : list.lines().map(ProgramCatalog::withoutComment).toList()) {
      if (line.isEmpty()) {
        continue;
      }
      KernelProgram program = parseLine(line);
      if (result.put(program.name(), program) != null) {
        throw new IllegalStateException("programs.txt lists " + program.name() + " twice");
      }
    }
    return result;
  }

  private static String withoutComment(String line) {
    int comment = line.indexOf('#');
    return (comment < 0 ? line : line.substring(0, comment)).strip();
  }

  private KernelProgram parseLine(String line) {
    String[] words = line.split("\\h+");
    if (words.length < 2) {
      throw new IllegalStateException("programs.txt: no kernel text for " + line);
    }
    Map<String, String> defines = new LinkedHashMap<>();
    for (int i = 2; i < words.length; i++) {
      String[] parts = words[i].split("=", 2);
      if (parts.length != 2 || defines.put(parts[0], parts[1]) != null) {
        throw new IllegalStateException(
            "programs.txt: " + words[i] + " in the line of " + words[0]);
      }
    }
    return new KernelProgram(this, words[0], words[1], Collections.unmodifiableMap(defines));
  }
}
