package dev.kiln.autograd;

/** How a tensor was computed: by which call of an op, and which of its results it is. */
public final class Node {
  final Call call;
  final int result;

  Node(Call call, int result) {
    this.call = call;
    this.result = result;
  }
}
