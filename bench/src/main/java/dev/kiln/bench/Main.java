package dev.kiln.bench;

import dev.kiln.bench.work.Work;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Optional;

/**
 * JMH with its options, but work by work: all engines do one right after each other, before the
 * next, and where several forks are asked for ({@code -f 3}) the engines take turns at those. JMH
 * itself sorts parameters by name and would take one engine through all works first; a machine that
 * changes its clock or has company in between would spoil the ratios.
 *
 * <p>A work is measured by its own family alone, so that {@code -p work=sgemm-64} says enough.
 */
public final class Main {
  private static final String WORK = "work";

  private final String[] args;
  private final CommandLineOptions options;
  private final Rounds rounds = new Rounds();

  private Main(String[] args, CommandLineOptions options) {
    this.args = args;
    this.options = options;
  }

  /**
   * Measures.
   *
   * @param args JMH's
   */
  public static void main(String[] args)
      throws CommandLineOptionException, RunnerException, IOException {
    CommandLineOptions options = new CommandLineOptions(args);
    if (options.shouldHelp()
        || options.shouldList()
        || options.shouldListWithParams()
        || options.shouldListProfilers()
        || options.shouldListResultFormats()) {
      org.openjdk.jmh.Main.main(args);
      return;
    }
    if (options.getOutput().hasValue()) {
      System.setOut(new PrintStream(options.getOutput().get(), StandardCharsets.UTF_8));
    }
    new Main(args, options).measure();
    System.out.flush();
  }

  private void measure() throws RunnerException, CommandLineOptionException {
    Collection<BenchmarkListEntry> families =
        BenchmarkList.defaultList()
            .find(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                options.getIncludes(),
                options.getExcludes());
    int measured = 0;
    for (BenchmarkListEntry family : families) {
      for (String work : works(family)) {
        // no fork at all, for a debugger, is a round too
        int forks = Math.max(1, options.getForkCount().orElse(1));
        for (int i = 0; i < forks; i++) {
          rounds.add(new Runner(new One(args, family, work)).run());
          write();
        }
        measured++;
      }
    }
    if (measured == 0) {
      throw new IllegalArgumentException(
          "there is nothing to measure: no family of these measures one of these works");
    }
    ResultFormatFactory.getInstance(ResultFormatType.TEXT, System.out).writeOut(rounds.joined());
  }

  /** Those asked for that are of this family, or the family's own. */
  private List<String> works(BenchmarkListEntry family) {
    Collection<String> works =
        options
            .getParameter(WORK)
            .orElse(List.of(family.getParams().orElse(Map.of()).getOrDefault(WORK, new String[0])));
    return works.stream().filter(work -> Work.parse(work).family().equals(family(family))).toList();
  }

  private static String family(BenchmarkListEntry entry) {
    String name = entry.getUserClassQName();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** After every work, all so far: a run that is broken off has kept what it measured. */
  private void write() {
    if (options.getResult().hasValue() || options.getResultFormat().hasValue()) {
      ResultFormatType format = options.getResultFormat().orElse(ResultFormatType.CSV);
      String file =
          options.getResult().orElse("jmh-result." + format.name().toLowerCase(Locale.ROOT));
      ResultFormatFactory.getInstance(format, file).writeOut(rounds.joined());
    }
  }

  /** The same options, for one family, one work and one fork. */
  private static final class One extends CommandLineOptions {
    private final String family;
    private final String work;

    One(String[] args, BenchmarkListEntry family, String work) throws CommandLineOptionException {
      super(args);
      this.family = "^" + Pattern.quote(family.getUsername()) + "$";
      this.work = work;
    }

    @Override
    public List<String> getIncludes() {
      return List.of(family);
    }

    @Override
    public Optional<Integer> getForkCount() {
      Optional<Integer> count = super.getForkCount();
      return count.hasValue() ? Optional.of(Math.min(1, count.get())) : count;
    }

    /** Where all print already; JMH would begin the file anew for each work. */
    @Override
    public Optional<String> getOutput() {
      return Optional.none();
    }

    @Override
    public Optional<Collection<String>> getParameter(String name) {
      return name.equals(WORK) ? Optional.of(List.of(work)) : super.getParameter(name);
    }
  }
}
