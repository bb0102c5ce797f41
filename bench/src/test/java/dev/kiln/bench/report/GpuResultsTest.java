package dev.kiln.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuResultsTest {
  @TempDir private Path folder;

  @Test
  void allThatAPartLeftBehindIsInOneFile() throws IOException {
    write("machine.tsv", "gpu\tH200, driver 570\nkernel\tLinux 6\n");
    write("parts.tsv", "bench\t124\t600\nbench\t0\t300\ntorch\t1\t5\n");
    write(
        "check-cuda_0.json",
        "{\"device\": \"cuda:0\", \"passed\": 1, \"failed\": 1, \"cases\": ["
            + "{\"id\": \"a\", \"outcome\": \"passed\"}, {\"id\": \"b\", \"outcome\": \"failed\"}]}");
    write(
        "bench.log",
        "# kiln-cuda is Kiln on H200; sgemm-64: its numbers agree, the largest difference is 0.1\n");
    write(
        "jmh.json",
        "[{\"benchmark\": \"dev.kiln.bench.Gemm.run\", \"params\": {\"engine\": \"kiln-cuda\","
            + " \"work\": \"sgemm-64\"}, \"primaryMetric\": {\"score\": 5, \"scoreError\": 0.1,"
            + " \"scoreUnit\": \"us/op\"}}]");
    write(
        "bench-recorded.log",
        "# kiln-cuda-recorded is Kiln on H200, recorded; hihello-b1t6h5: its numbers agree, so\n");
    write(
        "jmh-recorded.json",
        "[{\"benchmark\": \"dev.kiln.bench.TrainStep.run\", \"params\": {\"engine\":"
            + " \"kiln-cuda-recorded\", \"work\": \"hihello-b1t6h5\"}, \"primaryMetric\": {\"score\": 5,"
            + " \"scoreError\": 0.1, \"scoreUnit\": \"us/op\"}}]");
    write(
        "torch.json",
        "{\"engines\": {\"torch-cuda\": \"PyTorch\"}, \"failures\": [{\"work\": \"sgemm-128\","
            + " \"engine\": \"torch-tf32\", \"reason\": \"no\"}], \"results\": [{\"family\":"
            + " \"Gemm\", \"work\": \"sgemm-64\", \"engine\": \"torch-cuda\", \"micros\": [10, 12]},"
            + "{\"family\": \"Gemm\", \"work\": \"sgemm-64\", \"engine\": \"torch-tf32\","
            + " \"micros\": [2, 2]}, {\"family\": \"TrainStep\", \"work\": \"hihello-b1t6h5\","
            + " \"engine\": \"torch-cuda-graph\", \"micros\": [10, 10]}]}");

    JsonObject written = collect();

    assertThat(written.get("parts"))
        .hasToString(
            "[{\"name\":\"bench\",\"status\":0,\"seconds\":300},"
                + "{\"name\":\"torch\",\"status\":1,\"seconds\":5}]");
    assertThat(written.getAsJsonArray("unreadable")).isEmpty();
    assertThat(written.getAsJsonArray("checks").get(0).getAsJsonObject().get("cases"))
        .hasToString("[{\"id\":\"b\",\"outcome\":\"failed\"}]");

    Results read = new Results();
    JmhFile.read(folder.resolve("results.json"), read);
    assertThat(read.circumstances().get(0)).startsWith("Measured on H200, driver 570; ");
    assertThat(read.failures())
        .containsExactly(new Failure("Gemm", "sgemm-128", "torch-tf32", "no"));
    assertThat(read.engines()).containsEntry("kiln-cuda", "Kiln on H200");
    assertThat(Rivals.ratio(read, "sgemm-64", "kiln-cuda").orElseThrow().value()).isEqualTo(2.2);
    assertThat(read.engines()).containsEntry("kiln-cuda-recorded", "Kiln on H200, recorded");
    assertThat(Rivals.ratio(read, "hihello-b1t6h5", "kiln-cuda-recorded").orElseThrow().value())
        .isEqualTo(2);
  }

  @Test
  void whatIsMissingOrBrokenIsTold() throws IOException {
    write("parts.tsv", "bench\t1\t2\n");
    write("jmh.json", "[{");

    String unreadable = collect().getAsJsonArray("unreadable").toString();

    assertThat(unreadable).contains("machine.tsv").contains("bench").doesNotContain("torch");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private JsonObject collect() throws IOException {
    GpuResults.main(new String[] {folder.toString()});
    return JsonParser.parseString(Files.readString(folder.resolve("results.json")))
        .getAsJsonObject();
  }
}
