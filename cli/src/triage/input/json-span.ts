/** A span of text that is one JSON value by its brackets (whether it parses is the reader's business). */
export type Span =
  | { readonly t: 'value' | 'head'; readonly text: string; readonly line: number }
  | { readonly t: 'item'; readonly text: string; readonly line: number; readonly item: number }
  | { readonly t: 'broken'; readonly why: string; readonly line: number; readonly item?: number }
