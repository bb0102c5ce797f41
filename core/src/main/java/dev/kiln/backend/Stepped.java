package dev.kiln.backend;

import java.util.List;

/**
 * Parameters that take a step together. What an optimizer remembers of them lies in flat buffers,
 * one for each kind of memory; each parameter has its run of every one.
 *
 * @param parameters changed in place; they do not overlap
 * @param gradients one for each parameter, of its size
 * @param offsets where each parameter's run begins in every flat buffer: a multiple of {@link
 *     #ALIGNMENT}; runs do not overlap
 */
public record Stepped(List<Buffer> parameters, List<Buffer> gradients, List<Integer> offsets) {
  /**
   * Runs begin at multiples of this many elements, so that what lies behind one, up to the next
   * such multiple, is nobody's: a step may take the end of a run as a whole vector, and leave
   * anything there.
   */
  public static final int ALIGNMENT = 16;
}
