package dev.kiln.gpu;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.gpu.Trial.Input;
import dev.kiln.gpu.Trial.Output;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A recurrent layer forward and back, as a training step has it: no states, no lengths. */
final class RecurrentTrial {
  /** Gradients go through all steps, and gather rounding errors on their way. */
  private static final double TOLERANCE = 0x1p-16;

  private RecurrentTrial() {}

  static Trial of(Cell cell, int steps, int batch, int hidden) {
    RecurrentSpec spec = new RecurrentSpec(cell, steps, batch, hidden, false, false, hidden, 0, 0);
    int rows = steps * batch;
    int gates = rows * spec.gateWidth();
    int states = rows * hidden;
    int ends = batch * hidden;
    boolean lstm = cell.hasCellState();
    float scale = (float) (1 / Math.sqrt(hidden));
    List<Output> outputs = new ArrayList<>();
    add(outputs, true, states, ends);
    add(outputs, lstm, ends);
    add(outputs, true, gates, states);
    add(outputs, lstm, states);
    add(outputs, cell.keepsProduct(), states);
    add(outputs, true, gates);
    add(outputs, cell == Cell.GRU, gates);
    add(outputs, true, ends);
    add(outputs, lstm, ends);
    return new Trial(
        Family.RECURRENT,
        spec,
        3 * spec.flops(),
        List.of(
            Input.of(gates),
            new Input(spec.gateWidth() * hidden, scale, 0),
            Input.of(spec.gateWidth()),
            new Input(states, scale, 0)),
        outputs,
        (backend, in, out) -> call(spec, backend, in, out));
  }

  private static void add(List<Output> outputs, boolean there, int... sizes) {
    for (int size : sizes) {
      if (there) {
        outputs.add(Output.of(size, TOLERANCE));
      }
    }
  }

  private static void call(RecurrentSpec spec, Backend backend, List<Buffer> in, List<Buffer> out) {
    boolean lstm = spec.cell().hasCellState();
    Iterator<Buffer> next = out.iterator();
    Buffer y = next.next();
    Buffer hn = next.next();
    Buffer cn = next(next, lstm);
    Buffer gates = next.next();
    Buffer previous = next.next();
    Buffer cells = next(next, lstm);
    Buffer product = next(next, spec.cell().keepsProduct());
    RecurrentKept kept = new RecurrentKept(gates, previous, cells, product);
    Buffer dx = next.next();
    Buffer dproduct = next(next, spec.cell() == Cell.GRU);
    Buffer dh0 = next.next();
    Buffer dc0 = next(next, lstm);
    backend.recurrent(spec, in.get(0), in.get(1), in.get(2), null, null, null, y, hn, cn, kept);
    backend.recurrentGradient(
        spec, kept, in.get(1), null, in.get(3), null, null, dx, dproduct, dh0, dc0);
  }

  private static @Nullable Buffer next(Iterator<Buffer> buffers, boolean there) {
    return there ? buffers.next() : null;
  }
}
