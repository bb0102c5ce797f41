package dev.kiln.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleChoiceTest {
  /** The rates of 10 epochs of 10 batches, as they are before each epoch and at the end. */
  private static List<Double> rates(ScheduleChoice schedule) {
    List<Double> rates = new ArrayList<>();
    try (Device device = Device.open("cpu")) {
      Optimizer sgd = new Sgd(List.of(Tensor.zeros(device, 1).requiresGrad(true)), 1);
      ScheduleChoice.Course course = schedule.of(sgd, 10, 10);
      for (int epoch = 0; epoch < 10; epoch++) {
        rates.add(sgd.groups().get(0).lr());
        for (int batch = 0; batch < 10; batch++) {
          course.batch();
        }
        course.epoch(1);
      }
      rates.add(sgd.groups().get(0).lr());
    }
    return rates;
  }

  @Test
  void eachScheduleGoesAsItsNameSays() {
    assertThat(rates(ScheduleChoice.NONE)).containsOnly(1.0);
    assertThat(rates(ScheduleChoice.TAIL)).startsWith(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
    assertThat(rates(ScheduleChoice.TAIL).get(8)).isEqualTo(0.6, within(1e-9));
    assertThat(rates(ScheduleChoice.TAIL)).endsWith(0.0);
    assertThat(rates(ScheduleChoice.STEP).get(3)).isEqualTo(1);
    assertThat(rates(ScheduleChoice.STEP).get(4)).isEqualTo(0.1, within(1e-9));
    assertThat(rates(ScheduleChoice.STEP).get(9)).isEqualTo(0.01, within(1e-9));
    assertThat(rates(ScheduleChoice.EXPONENTIAL).get(5)).isEqualTo(0.1, within(1e-9));
    assertThat(rates(ScheduleChoice.EXPONENTIAL).get(10)).isEqualTo(0.01, within(1e-9));
    assertThat(rates(ScheduleChoice.COSINE).get(5)).isEqualTo(0.5, within(1e-9));
    assertThat(rates(ScheduleChoice.COSINE).get(10)).isEqualTo(0, within(1e-9));
    assertThat(rates(ScheduleChoice.WARMUP).get(0)).isEqualTo(0.1, within(1e-9));
    assertThat(rates(ScheduleChoice.WARMUP).get(1)).isEqualTo(1, within(1e-9));
    assertThat(rates(ScheduleChoice.WARMUP).get(10)).isEqualTo(0, within(1e-9));
  }

  @Test
  void aLossThatStaysLowersTheRateOnThePlateau() {
    assertThat(rates(ScheduleChoice.PLATEAU)).startsWith(1.0, 1.0);
    assertThat(rates(ScheduleChoice.PLATEAU).get(2)).isEqualTo(0.1, within(1e-9));
  }

  @Test
  void theRateFallsOverTheLastThirdOfTheSteps() {
    assertThat(ScheduleChoice.share(0, 300)).isEqualTo(1);
    assertThat(ScheduleChoice.share(200, 300)).isEqualTo(1);
    assertThat(ScheduleChoice.share(250, 300)).isEqualTo(0.5, within(1e-12));
    assertThat(ScheduleChoice.share(299, 300)).isEqualTo(0.01, within(1e-12));
    assertThat(ScheduleChoice.share(0, 1)).isEqualTo(1);
  }
}
