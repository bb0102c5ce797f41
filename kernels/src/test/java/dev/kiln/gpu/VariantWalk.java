package dev.kiln.gpu;

import dev.kiln.Device;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells which variants a device has to choose from, and has it take each of them. */
public final class VariantWalk {
  private final Listening tuning = new Listening();

  /**
   * @param device a GPU, or an OpenCL device; all its work is listened to from here on
   */
  public VariantWalk(Device device) {
    ((GpuBackend) device.backend()).kernels().tune(tuning);
  }

  /** Tells which variants there were to choose from, and chooses as it is told. */
  private static final class Listening implements Tuning {
    private final Set<String> offered = new TreeSet<>();
    private @Nullable String wanted;
    private boolean taken;

    @Override
    public @Nullable String variant(Family family, Record work) {
      return wanted != null && wanted.startsWith(family.text() + "=")
          ? wanted.substring(family.text().length() + 1)
          : null;
    }

    @Override
    public <V extends Variant> V choose(
        Family family, Record work, V own, Supplier<List<V>> candidates) {
      candidates.get().forEach(each -> offered.add(family.text() + "=" + each.variant()));
      V choice = Tuning.super.choose(family, work, own, candidates);
      taken |= (family.text() + "=" + choice.variant()).equals(wanted);
      return choice;
    }
  }

  /** Does some work by the variants that the plans choose. */
  public Set<String> offeredIn(Runnable work) {
    tuning.offered.clear();
    work.run();
    return Set.copyOf(tuning.offered);
  }

  /**
   * Does some work by one variant, wherever there is a choice with it.
   *
   * @param variant such as {@code gemm=64/4}
   * @return whether there was such a choice
   */
  public boolean takes(String variant, Runnable work) {
    tuning.wanted = variant;
    tuning.taken = false;
    try {
      work.run();
    } finally {
      tuning.wanted = null;
    }
    return tuning.taken;
  }
}
