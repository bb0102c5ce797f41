package dev.kiln.cpu;

/**
 * What the op families compute with: the inner loops of one provider, and the threads.
 *
 * @param name {@code vector} or {@code scalar}
 */
record Engine(
    String name,
    Loops loops,
    Gates gates,
    Steps steps,
    MatrixProduct product,
    Winograd winograd,
    Workers workers) {

  /** Plain Java loops. */
  static Engine scalar(Workers workers) {
    return new Engine(
        "scalar",
        new ScalarLoops(),
        new ScalarGates(),
        new ScalarSteps(),
        new MatrixProduct(new ScalarTiles(), workers),
        new ScalarWinograd(),
        workers);
  }

  /** The Vector API; {@link #hasVectors} says whether this JVM can. */
  static Engine vector(Workers workers) {
    return new Engine(
        "vector",
        new VectorLoops(),
        new VectorGates(),
        new VectorSteps(),
        new MatrixProduct(new VectorTiles(), workers),
        new VectorWinograd(),
        workers);
  }

  /** Whether the incubator module is resolved and readable, and worth using. */
  static boolean hasVectors() {
    return ModuleLayer.boot()
            .findModule("jdk.incubator.vector")
            .map(vectors -> Engine.class.getModule().canRead(vectors))
            .orElse(false)
        && VectorMath.isFast();
  }

  /** How it computes, in a few words for people. */
  String description() {
    return name.equals("vector")
        ? "Vector API with " + product.tiles().columns() / 2 * Float.SIZE + "-bit vectors"
        : "plain loops";
  }
}
