package dev.kiln.backend;

/**
 * {@code [n, channels, inner]}: images with their pixels flattened.
 *
 * @param n batch size
 * @param channels one statistic or bias each
 * @param inner elements of a channel in one image
 */
public record ChannelSpec(int n, int channels, int inner) {
  /** Elements that share a statistic. */
  public int perChannel() {
    return n * inner;
  }
}
