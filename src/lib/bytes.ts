/** Half-open range of byte offsets in a buffer: `start` is the first byte, `end` the one after the last. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}
