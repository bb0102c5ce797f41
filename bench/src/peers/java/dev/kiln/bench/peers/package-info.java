/** Other engines, doing the works that Kiln does. */
@NullMarked
package dev.kiln.bench.peers;

import org.jspecify.annotations.NullMarked;
