package dev.kiln.cpu;

/**
 * Rows of slots in an array, with a run of hidden units in each slot.
 *
 * @param offset of the first row's first slot
 * @param rowStep from a row to the next; may be negative
 * @param slotStep from a slot to the next
 */
record Slots(float[] data, int offset, int rowStep, int slotStep) {

  int at(int row, int slot) {
    return offset + row * rowStep + slot * slotStep;
  }

  /** The last of so many rows first. */
  Slots reversed(int rows) {
    return new Slots(data, offset + (rows - 1) * rowStep, -rowStep, slotStep);
  }
}
