import { jsonPieces } from './json-pieces.ts'
import type { Piece } from './piece.ts'
import { textOf } from './text-of.ts'
import { yamlPieces } from './yaml-pieces.ts'

/** YAML is parsed from memory: far above any must-gather, far below what would hurt. */
export const MAX_YAML_CHARS = 256 * 1024 * 1024
const SNIFF_CHARS = 64 * 1024

/** All values of one input. An input that cannot be read further ends with a broken piece; nothing is thrown. */
export const piecesOf = async function* (
  bytes: AsyncIterable<Uint8Array>,
  source: string,
): AsyncGenerator<Piece> {
  try {
    yield* readable(textOf(bytes), source)
  } catch (why) {
    yield {
      t: 'broken',
      why: `cannot be read to its end: ${asError(why).message}`,
      place: { source },
    }
  }
}

const asError = (why: unknown): Error => (why instanceof Error ? why : new Error(String(why)))

const readable = async function* (
  texts: AsyncGenerator<string>,
  source: string,
): AsyncGenerator<Piece> {
  const { head, failure } = await beginning(texts)
  const all = resumed(head, failure, texts)
  const form = formOf(head)
  if (form === 'json') yield* jsonPieces(all, source)
  else if (form === 'yaml') yield* yamlWhole(all, source)
  else yield { t: 'broken', why: failure?.message ?? strange[form], place: { source } }
}

const strange = {
  empty: 'it is empty',
  table: "it is kubectl's table: add `-o json`",
  none: 'it is neither JSON nor YAML',
} as const

type Form = 'json' | 'yaml' | 'table' | 'empty' | 'none'

/** JSON begins with a bracket, also behind warnings that some tool has written into the same file. */
const formOf = (text: string): Form => {
  const trimmed = text.trimStart()
  if (trimmed === '') return 'empty'
  if (/^[[{]/.test(trimmed)) return 'json'
  // no text has it; among random bytes some line begins with a bracket soon enough
  if (trimmed.includes('\0')) return 'none'
  if (/^(NAMESPACE|LAST SEEN|NAME)\s+.*(REASON|READY|STATUS|TYPE)\b/.test(trimmed)) return 'table'
  if (
    /^(---(\s|$)|- |%YAML |"?(apiVersion|kind|items|metadata|resourceLogs|involvedObject|regarding|type|object)"?:(\s|$))/m.test(
      trimmed,
    )
  )
    return 'yaml'
  return /^[[{]/m.test(trimmed) ? 'json' : 'none'
}

/** Enough of the text to tell its form; a fault that comes so early is kept for its place. */
const beginning = async (
  texts: AsyncGenerator<string>,
): Promise<{ head: string; failure?: Error }> => {
  let head = ''
  try {
    while (head.length < SNIFF_CHARS) {
      const next = await texts.next()
      if (next.done === true) break
      head += next.value
    }
  } catch (why) {
    return { head, failure: asError(why) }
  }
  return { head }
}

const resumed = async function* (
  head: string,
  failure: Error | undefined,
  rest: AsyncGenerator<string>,
): AsyncGenerator<string> {
  yield head
  if (failure !== undefined) throw failure
  yield* rest
}

const yamlWhole = async function* (
  texts: AsyncIterable<string>,
  source: string,
): AsyncGenerator<Piece> {
  const parts: string[] = []
  let chars = 0
  let failure: Error | undefined
  try {
    for await (const text of texts) {
      chars += text.length
      if (chars > MAX_YAML_CHARS)
        throw new RangeError(`YAML of more than ${MAX_YAML_CHARS / 1024 / 1024} MB; use -o json`)
      parts.push(text)
    }
  } catch (why) {
    failure = asError(why)
  }
  yield* yamlPieces(parts.join(''), source)
  if (failure !== undefined) throw failure
}
