import { JsonScanner } from './json-scanner.ts'
import type { Span } from './json-span.ts'
import type { Piece } from './piece.ts'

/** The values of a JSON text: one, several in a row or one a line; lists come element by element, then their head. */
export const jsonPieces = async function* (
  texts: AsyncIterable<string>,
  source: string,
): AsyncGenerator<Piece> {
  const scanner = new JsonScanner()
  for await (const text of texts) for (const span of scanner.push(text)) yield pieceOf(span, source)
  for (const span of scanner.end()) yield pieceOf(span, source)
}

const pieceOf = (span: Span, source: string): Piece => {
  const item = span.t === 'item' || span.t === 'broken' ? span.item : undefined
  const place = { source, line: span.line, ...(item === undefined ? {} : { item }) }
  if (span.t === 'broken') return { t: 'broken', why: span.why, place }
  let value: unknown
  try {
    value = JSON.parse(span.text)
  } catch (why) {
    return { t: 'broken', why: why instanceof Error ? why.message : String(why), place }
  }
  if (span.t === 'head') return { t: 'head', head: value, place }
  return { t: 'value', value, place, ...(span.t === 'item' ? { inList: true } : {}) }
}
