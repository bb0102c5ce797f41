package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlanesTest {
  static Stream<Tiles> tiles() {
    return Stream.of(new VectorTiles(), new ScalarTiles());
  }

  @ParameterizedTest
  @MethodSource("tiles")
  void aRowWithWiderPaddingThanAVectorIsLaidOutInAFreshThread(Tiles tiles) {
    int padding = 59;
    int kernel = 60;
    int out = 75;
    float[] image = {1, 2, 3, 4, 5, 6, 7};
    Window window = new Window(1, 1, image.length, 1, out, 1, kernel, 1, 1, 0, padding, 1, 1, 1, 1);
    Planes planes = new Planes(window, tiles, 1);
    float[] laid = new float[planes.size() + tiles.lanes()];
    CompletableFuture<Void> done = new CompletableFuture<>();
    // a thread of its own: scratch that another test has grown would hide a write beyond its end
    new Thread(
            () -> {
              try {
                planes.lay(image, 0, 0, 1, laid, 0);
                done.complete(null);
              } catch (RuntimeException e) {
                done.completeExceptionally(e);
              }
            })
        .start();
    done.join();
    for (int j = 0; j < kernel; j++) {
      for (int x = 0; x < out; x++) {
        int column = x + j - padding;
        float expected = column >= 0 && column < image.length ? image[column] : 0;
        assertThat(laid[planes.places()[j] + x]).isEqualTo(expected);
      }
    }
  }
}
