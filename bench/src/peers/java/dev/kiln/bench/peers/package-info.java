/** Other engines, doing what the benchmarks of Kiln do. */
@NullMarked
package dev.kiln.bench.peers;

import org.jspecify.annotations.NullMarked;
