/** How much one slice or request may hold. A single item larger than `bytes` still gets a slice of its own. */
export interface Bounds {
  readonly count: number
  readonly bytes: number
}

/** Cuts a list into consecutive runs within the bounds, lazily and in order. */
export function* chunksOf<T>(
  items: readonly T[],
  bounds: Bounds,
  sizeOf: (item: T) => number,
): Generator<readonly T[]> {
  let run: T[] = []
  let bytes = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (run.length > 0 && (run.length >= bounds.count || bytes + size > bounds.bytes)) {
      yield run
      run = []
      bytes = 0
    }
    run.push(item)
    bytes += size
  }
  if (run.length > 0) yield run
}
