/** So many changes of one value are remembered. */
const MAX_CHANGES = 64

/** How a value has grown, as far as it was seen. */
export class Rising {
  /** When it became what; the first is what it was when it was seen first, or before all that is asked about. */
  readonly #changes: (readonly [at: number, value: number])[] = []
  #since: number

  constructor(at: number) {
    this.#since = at
  }

  /** Whether it has grown by so much in so long; undefined while it was not watched for long enough to say no. */
  breach(
    at: number,
    { value, by, within }: { value: number; by: number; within: number },
  ): boolean | undefined {
    const changes = this.#changes
    const last = changes.at(-1)
    // It counts anew: the container was pruned, or its pod is another.
    if (last !== undefined && value < last[1]) changes.length = 0
    if (last === undefined || value !== last[1]) changes.push([at, value])
    while ((changes[1]?.[0] ?? Infinity) <= at - within || changes.length > MAX_CHANGES)
      changes.shift()
    const grown = value - (changes[0]?.[1] ?? value)
    return grown >= by ? true : at - this.#since >= within ? false : undefined
  }
}
