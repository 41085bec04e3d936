/** What is known of a partition when it is assigned. */
export interface Known {
  /** The group's committed offset; undefined when it never committed. */
  readonly committed: number | undefined
  /** The oldest offset still there, and the one after the newest. */
  readonly low: number
  readonly high: number
  /** Where the handler's own state stands; undefined when it has none. */
  readonly asked: number | undefined
}

/** Where to read from, and what to tell a person about it. */
export interface Start {
  readonly offset: number
  readonly warning?: string
}

/**
 * The smaller of the committed offset and the handler's own position: what was committed but lost from state is read again,
 * what was applied but not committed is applied again. Records that were deleted before they were read are reported.
 */
export const startOf = ({ committed, low, high, asked }: Known): Start => {
  if (committed === undefined) return { offset: low }
  const wanted = Math.min(committed, asked ?? committed)
  if (wanted < low) {
    return {
      offset: low,
      warning: `offsets ${wanted} to ${low - 1} were deleted by retention before they were read; starting at ${low}`,
    }
  }
  if (wanted > high) {
    return {
      offset: low,
      warning: `position ${wanted} is beyond the end ${high}: the topic was made anew; starting at ${low}`,
    }
  }
  return { offset: wanted }
}
