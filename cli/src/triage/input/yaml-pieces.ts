import { LineCounter, parseDocument } from 'yaml'
import type { Piece } from './piece.ts'
import { yamlDocuments, type YamlPart } from './yaml-text.ts'

/** The documents of a YAML text; lists come element by element, then their head. */
export const yamlPieces = function* (text: string, source: string): Generator<Piece> {
  for (const { elements, head } of yamlDocuments(text.replaceAll('\r\n', '\n'))) {
    for (const element of elements) {
      const parsed = parse(element, source)
      yield parsed.t === 'value' ? { ...parsed, inList: true } : parsed
    }
    const parsed = parse(head, source)
    if (elements.length === 0 || parsed.t !== 'value') yield parsed
    else yield { t: 'head', head: parsed.value, place: parsed.place }
  }
}

const parse = ({ text, line, item }: YamlPart, source: string): Piece => {
  const lines = new LineCounter()
  const place = { source, line, ...(item === undefined ? {} : { item }) }
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      logLevel: 'silent',
      stringKeys: true,
    })
    const fault = document.errors[0]
    if (fault !== undefined) {
      const at = { ...place, line: line + lines.linePos(fault.pos[0]).line - 1 }
      return { t: 'broken', why: firstLine(fault.message), place: at }
    }
    return { t: 'value', value: document.toJS({ maxAliasCount: 100 }), place }
  } catch (why) {
    // too many aliases, or an alias without an anchor
    return { t: 'broken', why: firstLine(why instanceof Error ? why.message : String(why)), place }
  }
}

const firstLine = (text: string): string =>
  text.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
