package dev.kiln.backend;

/**
 * One direction of one recurrent layer over a batch of sequences. Step {@code t} of sequence {@code
 * b} is row {@link #row} of every array that has a row a step.
 *
 * @param batchFirst rows are {@code [batch, steps]}, else {@code [steps, batch]}
 * @param reverse from the last step of each sequence to its first
 * @param width columns of the output and its gradient: hidden times directions
 * @param column the first of this direction's columns there
 * @param stateAt where this layer and direction begins in arrays of states {@code [layers ·
 *     directions, batch, hidden]}, in elements
 */
public record RecurrentSpec(
    Cell cell,
    int steps,
    int batch,
    int hidden,
    boolean batchFirst,
    boolean reverse,
    int width,
    int column,
    int stateAt) {

  /** Rows of step {@code t} of sequence {@code b}. */
  public int row(int t, int b) {
    return t * stepRows() + b * batchRows();
  }

  /** From a step's row to the next step's. */
  public int stepRows() {
    return batchFirst ? 1 : batch;
  }

  /** From a sequence's row to the next sequence's. */
  public int batchRows() {
    return batchFirst ? steps : 1;
  }

  /** Columns of the input products: one for each gate of each hidden unit. */
  public int gateWidth() {
    return cell.gates() * hidden;
  }

  /** Floating-point operations of all recurrent products. */
  public double flops() {
    return 2.0 * steps * batch * gateWidth() * hidden;
  }
}
