package dev.kiln;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScopeTest {
  private final Device device = Device.open("cpu");

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void freesWhatWasMadeInIt() {
    long before = device.memory().used();
    Tensor x;
    try (Scope scope = device.scope()) {
      x = Tensor.zeros(device, 1000);
      assertThat(device.memory().used()).isGreaterThanOrEqualTo(before + 4000);
    }
    assertThat(x.isClosed()).isTrue();
    assertThat(device.memory().used()).isEqualTo(before);
  }

  @Test
  void keepCarriesATensorToTheScopeAround() {
    Tensor kept;
    try (Scope outer = device.scope()) {
      try (Scope inner = device.scope()) {
        kept = inner.keep(Tensor.ones(device, 3));
      }
      assertThat(kept.toFloats()).containsExactly(1, 1, 1);
    }
    assertThat(kept.isClosed()).isTrue();
  }

  @Test
  void aTensorKeptFromTheOutermostScopeLivesOn() {
    Tensor kept;
    try (Scope scope = device.scope()) {
      kept = scope.keep(Tensor.ones(device, 2));
    }
    assertThat(kept.toFloats()).containsExactly(1, 1);
    kept.close();
  }

  @Test
  void aGradientLivesAsLongAsItsLeaf() {
    Tensor weight = Tensor.ones(device, 3).requiresGrad(true);
    try (Scope step = device.scope()) {
      weight.mul(2).sum().backward();
    }
    assertThat(weight.grad()).isNotNull();
    assertThat(gradient(weight)).containsExactly(2, 2, 2);
    weight.clearGrad();
    assertThat(weight.grad()).isNull();
  }

  @Test
  void memoryIsTheSameAfterManySteps() {
    try (Scope whole = device.scope()) {
      Tensor weight = Tensor.ones(device, 64, 64).requiresGrad(true);
      long afterOne = -1;
      for (int i = 0; i < 300; i++) {
        try (Scope step = device.scope()) {
          weight.clearGrad();
          Tensor x = Tensor.ones(device, 8, 64);
          x.matmul(weight).relu().mean().backward();
        }
        if (i == 0) {
          afterOne = device.memory().used();
        }
      }
      assertThat(device.memory().used()).isEqualTo(afterOne);
      assertThat(whole.size()).as("tensors the long scope holds").isEqualTo(2);
    }
    assertThat(device.memory().used()).isZero();
  }

  @Test
  void scopesAreClosedFromTheInside() {
    Scope outer = device.scope();
    Scope inner = device.scope();
    assertThatThrownBy(outer::close).hasMessageContaining("a scope inside it is still open");
    inner.close();
    outer.close();
  }

  @Test
  void anotherThreadDoesNotCloseIt() throws InterruptedException {
    Scope scope = device.scope();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                scope.close();
              } catch (IllegalStateException e) {
                thrown.set(e);
              }
            });
    thread.start();
    thread.join();
    assertThat(thrown.get()).hasMessageContaining("closed by another");
    scope.close();
  }

  @Test
  void aThreadOfItsOwnHasNoPartInIt() throws InterruptedException {
    AtomicReference<Tensor> made = new AtomicReference<>();
    try (Scope scope = device.scope()) {
      Thread thread = new Thread(() -> made.set(Tensor.ones(device, 2)));
      thread.start();
      thread.join();
    }
    assertThat(requireNonNull(made.get()).toFloats()).containsExactly(1, 1);
    requireNonNull(made.get()).close();
  }

  @Test
  void theNetCatchesTensorsThatNobodyClosed() throws InterruptedException {
    long before = device.memory().used();
    leak();
    for (int i = 0; i < 100 && device.memory().used() != before; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(device.memory().used()).isEqualTo(before);
  }

  private void leak() {
    for (int i = 0; i < 10; i++) {
      assertThat(Tensor.zeros(device, 100).size()).isEqualTo(100);
    }
  }

  private static float[] gradient(Tensor leaf) {
    return requireNonNull(leaf.grad()).toFloats();
  }
}
