import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonScanner } from './json-scanner.ts'
import type { Span } from './json-span.ts'

const scan = (text: string, chunk = Number.POSITIVE_INFINITY): Span[] => {
  const scanner = new JsonScanner()
  const spans: Span[] = []
  for (let i = 0; i < text.length; i += chunk) spans.push(...scanner.push(text.slice(i, i + chunk)))
  return [...spans, ...scanner.end()]
}

const values = (spans: readonly Span[]): unknown[] =>
  spans.flatMap((span) => (span.t === 'value' ? [JSON.parse(span.text) as unknown] : []))

describe('JsonScanner', () => {
  it('finds values one after another, on one line or on many', () => {
    expect(values(scan('{"a":1}{"b":[{}]}\n\n{\n "c": "}"\n}\n'))).toEqual([
      { a: 1 },
      { b: [{}] },
      { c: '}' },
    ])
  })

  it('hands out the elements of a list, and its head behind them wherever its kind stands', () => {
    expect(
      scan('{"apiVersion":"v1","items":[{"a":1},\n{"b":"x,]}\\""}],"kind":"PodList"}'),
    ).toEqual([
      { t: 'item', text: '{"a":1}', line: 1, item: 0 },
      { t: 'item', text: '{"b":"x,]}\\""}', line: 2, item: 1 },
      { t: 'head', text: '{"apiVersion":"v1","items":[],"kind":"PodList"}', line: 1 },
    ])
  })

  it('treats a bare array as a list, whatever its elements are', () => {
    expect(scan('[1,"s,", null,[2]]')).toEqual([
      { t: 'item', text: '1', line: 1, item: 0 },
      { t: 'item', text: '"s,"', line: 1, item: 1 },
      { t: 'item', text: 'null', line: 1, item: 2 },
      { t: 'item', text: '[2]', line: 1, item: 3 },
      { t: 'head', text: '[]', line: 1 },
    ])
  })

  it('takes `items` for a list only where it is a key of the outermost object', () => {
    expect(scan('{"items":null}')).toEqual([{ t: 'value', text: '{"items":null}', line: 1 }])
    expect(scan('{"a":{"items":[1]}}')).toEqual([
      { t: 'value', text: '{"a":{"items":[1]}}', line: 1 },
    ])
    expect(scan('{"items":[],"b":{"items":[1]}}')).toEqual([
      { t: 'head', text: '{"items":[],"b":{"items":[1]}}', line: 1 },
    ])
  })

  it.each([
    ['a line cut off inside of a string', '{"a": "unterm\n{"c":2}\n'],
    ['a line cut off behind a value', '{"a": {"b": 1\n{"c":2}\n'],
    ['a bracket too many', '{"a":1}}\n{"c":2}\n'],
    ['the wrong bracket', '{"a":]}\n{"c":2}\n'],
    ['words between the lines', '{"a":1}\nWarning: deprecated\n{"c":2}\n'],
  ])('goes on behind %s', (_, text) => {
    const spans = scan(text)
    expect(values(spans)).toContainEqual({ c: 2 })
    expect(spans.filter((span) => span.t === 'broken')).toHaveLength(1)
  })

  it('keeps what came before a cut end, and says where the rest began', () => {
    expect(scan('{"items":[\n{"a":1},\n{"b":')).toEqual([
      { t: 'item', text: '{"a":1}', line: 2, item: 0 },
      { t: 'broken', why: 'the input ends inside of it', line: 3, item: 1 },
    ])
  })

  it('refuses nesting that only a stack would hold', () => {
    const spans = scan(`${'['.repeat(5000)}\n{"c":2}`)
    expect(spans[0]).toMatchObject({ t: 'broken', why: 'nested more than 1024 deep' })
    expect(values(spans)).toEqual([{ c: 2 }])
  })

  it('reads any JSON back, however it is chunked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('', '\n', ' '),
        (documents, chunk, between) => {
          const plain = documents.filter((document) => !Array.isArray(document['items']))
          const text = plain.map((document) => JSON.stringify(document)).join(between)
          expect(values(scan(text, chunk))).toEqual(
            plain.map((d) => JSON.parse(JSON.stringify(d)) as unknown),
          )
        },
      ),
    )
  })

  it('is the same for every chunking, also of broken text, and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\n', '\\', 'a', '1', '"items":['),
        ),
        fc.integer({ min: 1, max: 7 }),
        (parts, chunk) => {
          const text = parts.join('')
          expect(scan(text, chunk)).toEqual(scan(text))
        },
      ),
    )
  })
})
