package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcquiredTest {
  private final List<String> givenBack = new ArrayList<>();

  private void acquire(boolean all) {
    try (Acquired acquired = new Acquired()) {
      acquired.add(() -> givenBack.add("context"));
      acquired.add(() -> fail("no stream"));
      acquired.add(() -> givenBack.add("memory"));
      acquired.add(() -> fail("no event"));
      if (!all) {
        fail("no kernel");
      }
      acquired.keep();
    }
  }

  private static void fail(String message) {
    throw new IllegalStateException(message);
  }

  @Test
  void everythingGoesBackAndTheFirstFailureIsTheOneThatIsThrown() {
    assertThatThrownBy(() -> acquire(false))
        .hasMessage("no kernel")
        .satisfies(
            e -> {
              assertThat(e.getSuppressed())
                  .singleElement()
                  .extracting("message")
                  .isEqualTo("no event");
              assertThat(e.getSuppressed()[0].getSuppressed())
                  .singleElement()
                  .extracting("message")
                  .isEqualTo("no stream");
            });
    assertThat(givenBack).containsExactly("memory", "context");
  }

  @Test
  void whatIsCompleteIsKept() {
    acquire(true);
    assertThat(givenBack).isEmpty();
  }
}
