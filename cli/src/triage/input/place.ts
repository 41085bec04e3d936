/** Where something stood in the input, for people: the file, the line where it began, its number in its list. */
export interface Place {
  readonly source: string
  /** 1-based. */
  readonly line?: number
  /** 0-based, as in `items[3]`. */
  readonly item?: number
}

/** `events.json, line 12, items[3]` */
export const placeText = ({ source, line, item }: Place): string =>
  [
    source,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(item === undefined ? [] : [`items[${item}]`]),
  ].join(', ')
