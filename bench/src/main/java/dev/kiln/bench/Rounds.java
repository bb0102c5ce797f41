package dev.kiln.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.WorkloadParams;

/** Results of rounds of one fork each, joined to what JMH makes of that many forks. */
final class Rounds {
  private final Map<String, BenchmarkParams> params = new LinkedHashMap<>();
  private final Map<String, List<BenchmarkResult>> results = new LinkedHashMap<>();

  void add(Collection<RunResult> round) {
    for (RunResult result : round) {
      String id = result.getParams().id();
      params.putIfAbsent(id, result.getParams());
      results.computeIfAbsent(id, key -> new ArrayList<>()).addAll(result.getBenchmarkResults());
    }
  }

  /** One for each engine and work, in the order in which they were first measured. */
  List<RunResult> joined() {
    List<RunResult> joined = new ArrayList<>();
    params.forEach(
        (id, first) -> {
          List<BenchmarkResult> forks = results.getOrDefault(id, List.of());
          joined.add(new RunResult(withForks(first, forks.size()), forks));
        });
    return joined;
  }

  private static BenchmarkParams withForks(BenchmarkParams params, int forks) {
    if (forks <= 1) {
      return params;
    }
    WorkloadParams workload = new WorkloadParams();
    for (String key : params.getParamsKeys()) {
      workload.put(key, params.getParam(key), 0);
    }
    return new BenchmarkParams(
        params.getBenchmark(),
        params.generatedBenchmark(),
        params.shouldSynchIterations(),
        params.getThreads(),
        params.getThreadGroups(),
        params.getThreadGroupLabels(),
        forks,
        params.getWarmupForks(),
        params.getWarmup(),
        params.getMeasurement(),
        params.getMode(),
        workload,
        params.getTimeUnit(),
        params.getOpsPerInvocation(),
        params.getJvm(),
        params.getJvmArgs(),
        params.getJdkVersion(),
        params.getVmName(),
        params.getVmVersion(),
        params.getJmhVersion(),
        params.getTimeout());
  }
}
