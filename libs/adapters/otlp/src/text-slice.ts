declare global {
  interface Buffer {
    /** What `toString('utf8', start, end)` ends in, without its argument handling; undocumented, and in Node since 0.x. */
    utf8Slice(start: number, end: number): string
  }
}

/** The UTF-8 text in `bytes[start, end)`; bytes that are not UTF-8 become U+FFFD. */
export const utf8Text = (bytes: Buffer, start: number, end: number): string =>
  bytes.utf8Slice(start, end)
