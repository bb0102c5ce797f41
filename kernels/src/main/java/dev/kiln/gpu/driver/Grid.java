package dev.kiln.gpu.driver;

/**
 * The geometry of a launch: work-groups in up to three dimensions, each of {@code local} work-items
 * in a row.
 *
 * @param groupsX groups along x, the dimension that work-items run along too
 * @param groupsY at most 65535, CUDA's limit
 * @param groupsZ at most 65535
 * @param local the WG of {@code KERNEL(WG)}
 */
public record Grid(int groupsX, int groupsY, int groupsZ, int local) {
  private static final int MAX_YZ = 65535;

  public Grid {
    if (groupsX < 0 || groupsY < 0 || groupsZ < 0 || local < 1) {
      throw new IllegalArgumentException(
          "grid of " + groupsX + " x " + groupsY + " x " + groupsZ + " groups of " + local);
    }
    if (groupsY > MAX_YZ || groupsZ > MAX_YZ) {
      throw new IllegalArgumentException(
          "grid of "
              + groupsX
              + " x "
              + groupsY
              + " x "
              + groupsZ
              + " groups: y and z end at "
              + MAX_YZ);
    }
    if ((long) groupsX * local > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "grid of " + groupsX + " groups of " + local + ": GLOBAL_ID(0) would pass an int");
    }
  }

  public static Grid of(int groups, int local) {
    return new Grid(groups, 1, 1, local);
  }

  /** As many groups as it takes to give every one of {@code items} its own work-item. */
  public static Grid covering(long items, int local) {
    return of(Math.toIntExact((items + local - 1) / local), local);
  }

  public boolean isEmpty() {
    return groupsX == 0 || groupsY == 0 || groupsZ == 0;
  }
}
