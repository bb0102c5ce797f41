package dev.kiln.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.Device;
import dev.kiln.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Learning rates from epoch to epoch; the golden cases compare more of them with PyTorch's. */
class SchedulesTest {
  private final Device device = Device.open("cpu");
  private final Sgd sgd = new Sgd(List.of(parameter()), 1);

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor parameter() {
    return Tensor.ones(device, 1).requiresGrad(true);
  }

  private double rate() {
    return sgd.groups().get(0).lr();
  }

  /** The rates of the first epochs, where {@code metrics} end them. */
  private double[] rates(LrSchedule schedule, double... metrics) {
    double[] rates = new double[metrics.length + 1];
    rates[0] = rate();
    for (int i = 0; i < metrics.length; i++) {
      schedule.step(metrics[i]);
      rates[i + 1] = rate();
    }
    return rates;
  }

  private static void close(double[] actual, double... expected) {
    assertThat(actual).containsExactly(expected, within(1e-12));
  }

  @Test
  void aStepFallsEverySoManyEpochs() {
    close(rates(new StepLr(sgd, 2, 0.5), 0, 0, 0, 0), 1, 1, 0.5, 0.5, 0.25);
  }

  @Test
  void milestonesMayBeGivenTwiceAndInAnyOrder() {
    close(rates(new MultiStepLr(sgd, 0.1, 3, 1, 3), 0, 0, 0, 0), 1, 0.1, 0.1, 0.001, 0.001);
  }

  @Test
  void theExponentialFallsEveryEpoch() {
    close(rates(new ExponentialLr(sgd, 0.5), 0, 0, 0), 1, 0.5, 0.25, 0.125);
  }

  @Test
  void theCosineFallsToItsMinimumAndRisesAgain() {
    close(rates(new CosineAnnealingLr(sgd, 2, 0.2), 0, 0, 0, 0, 0), 1, 0.6, 0.2, 0.6, 1, 0.6);
  }

  @Test
  void everyGroupHasItsOwnBaseAndLaterGroupsAreLeftAlone() {
    Sgd.Group second = sgd.group(List.of(parameter())).lr(0.1);
    EpochSchedule schedule = new ExponentialLr(sgd, 0.5);
    Sgd.Group third = sgd.group(List.of(parameter())).lr(7);
    schedule.step();
    assertThat(rate()).isEqualTo(0.5);
    assertThat(second.lr()).isEqualTo(0.05);
    assertThat(third.lr()).isEqualTo(7);
  }

  @Test
  void aScheduleGoesOnFromAnEpoch() {
    EpochSchedule schedule = new StepLr(sgd, 2, 0.5);
    schedule.epoch(5);
    assertThat(rate()).isEqualTo(0.25);
    schedule.step();
    assertThat(rate()).isEqualTo(0.125);
    assertThat(schedule.epoch()).isEqualTo(6);
  }

  @Test
  void aPlateauLowersTheRateWhenPatienceEnds() {
    ReduceLrOnPlateau plateau = new ReduceLrOnPlateau(sgd).factor(0.5).patience(1);
    close(rates(plateau, 3, 2, 2, 2, 1, 1, 1), 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25);
  }

  @Test
  void anAccuracyIsBetterWhenItIsLarger() {
    ReduceLrOnPlateau plateau =
        new ReduceLrOnPlateau(sgd).factor(0.5).patience(0).largerIsBetter(true);
    close(rates(plateau, 0.5, 0.6, 0.6, Double.NaN, 0.7), 1, 1, 1, 0.5, 0.25, 0.25);
  }

  @Test
  void aGainBelowTheThresholdIsNone() {
    ReduceLrOnPlateau plateau =
        new ReduceLrOnPlateau(sgd).factor(0.5).patience(0).absoluteThreshold(0.1);
    close(rates(plateau, 1, 0.95, 0.8), 1, 1, 0.5, 0.5);
  }

  @Test
  void afterAFallTheCooldownCountsForNothing() {
    ReduceLrOnPlateau plateau = new ReduceLrOnPlateau(sgd).factor(0.5).patience(0).cooldown(2);
    close(rates(plateau, 1, 1, 1, 1, 1), 1, 1, 0.5, 0.5, 0.5, 0.25);
  }

  @Test
  void theRateNeverFallsBelowTheLeastNorByNearlyNothing() {
    ReduceLrOnPlateau plateau = new ReduceLrOnPlateau(sgd).factor(0.5).patience(0).least(0.4);
    close(rates(plateau, 1, 1, 1, 1), 1, 1, 0.5, 0.4, 0.4);
    close(rates(new ReduceLrOnPlateau(sgd).factor(0.9).patience(0).eps(0.1), 1, 1), 0.4, 0.4, 0.4);
    sgd.group(List.of(parameter()));
    assertThatThrownBy(() -> new ReduceLrOnPlateau(sgd).least(1, 2, 3))
        .hasMessageContaining("3 least rates for 2 groups");
  }

  @Test
  void aWarmUpRisesAndThenAnotherScheduleBegins() {
    LrSchedule after = new StepLr(sgd, 1, 0.5);
    LrSchedule warmup = new LinearWarmup(sgd, 2, 0.5, after);
    close(rates(warmup, 0, 0, 0, 0), 0.5, 0.75, 1, 0.5, 0.25);
  }

  @Test
  void aWarmUpAloneStaysAtTheBaseRate() {
    close(rates(new LinearWarmup(sgd, 2, 0), 0, 0, 0), 0, 0.5, 1, 1);
  }

  @Test
  void stoppingWaitsForAsManyEpochsAsItHasPatience() {
    EarlyStopping stopping = new EarlyStopping(2);
    assertThat(stopping.step(3)).isTrue();
    assertThat(stopping.step(3)).isFalse();
    assertThat(stopping.isOver()).isFalse();
    assertThat(stopping.step(2)).isTrue();
    assertThat(stopping.step(Double.NaN)).isFalse();
    assertThat(stopping.step(2.5)).isFalse();
    assertThat(stopping.isOver()).isTrue();
    assertThat(stopping.best()).isEqualTo(2);
  }

  @Test
  void stoppingMayWatchAnAccuracyAndAskForMore() {
    EarlyStopping stopping = new EarlyStopping(1).largerIsBetter(true).minDelta(0.1);
    assertThat(stopping.step(0.5)).isTrue();
    assertThat(stopping.step(0.55)).isFalse();
    assertThat(stopping.isOver()).isTrue();
  }

  @Test
  void saysWhatIsWrongWithItsArguments() {
    assertThatThrownBy(() -> new StepLr(sgd, 0, 0.1)).hasMessageContaining("at least 1 epoch");
    assertThatThrownBy(() -> new CosineAnnealingLr(sgd, 0, 0))
        .hasMessageContaining("at least 1 epoch, not 0");
    assertThatThrownBy(() -> new ReduceLrOnPlateau(sgd).factor(1))
        .hasMessageContaining("the factor is from 0.0 to");
    assertThatThrownBy(() -> new LinearWarmup(sgd, 3, 2))
        .hasMessageContaining("start of the warm-up is from 0.0 to 1.0, not 2.0");
    assertThatThrownBy(() -> new EarlyStopping(0)).hasMessageContaining("patience");
    assertThatThrownBy(() -> new StepLr(sgd, 1, 1).epoch(-1))
        .hasMessageContaining("epochs begin at 0");
  }
}
