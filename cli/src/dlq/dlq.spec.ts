import type { Letter, LetterBook, RawRecord } from '@kubesift/adapter-kafka'
import { describe, expect, it } from 'vitest'
import { paintFor } from '../render/paint.ts'
import { letterLines, summaryLines } from './list-text.ts'
import { parsePlace, parseTarget, unknownTopic } from './place.ts'
import { outcomeText, totalText } from './replay.ts'
import { letterJson, letterText } from './show-text.ts'
import { shapeOf, summarise } from './summary.ts'
import { DANGEROUS, HOSTILE } from './testing/hostile.ts'
import { visibleJson } from './visible.ts'

const bytes = (text: string): Buffer => Buffer.from(text)
const options = {
  columns: 120,
  paint: paintFor({ stdout: {}, env: {} }),
  now: 1_000_000,
  full: false,
}

const letter = (more: Partial<Letter> = {}): Letter => ({
  place: { topic: 'otel-logs', partition: 3, offset: 182 },
  why: 'not JSON',
  at: 940_000,
  stages: ['normalise'],
  entries: undefined,
  copies: [{ partition: 0, offset: 5, byReference: false }],
  replayedAt: undefined,
  ...more,
})
const record = (value: Buffer | null, headers: Record<string, string> = {}): RawRecord => ({
  partition: 0,
  offset: 5,
  timestamp: 0,
  key: null,
  value,
  headers: new Map(Object.entries(headers).map(([name, text]) => [name, bytes(text)])),
})
const book = (...letters: Letter[]): LetterBook => ({
  topic: 'otel-logs',
  letters: new Map(letters.map((one) => [`otel-logs/3/${one.place.offset}`, one])),
  foreign: 0,
})

describe('a letter shown', () => {
  const text = (shown: Parameters<typeof letterText>[0], more = {}) =>
    letterText(shown, { ...options, ...more })

  it('says why, where, by whom, which trace, and what it carries', () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const shown = {
      letter: letter({ entries: [1, 4] }),
      record: record(bytes('{"a":1}'), { traceparent: `00-${trace}-00f067aa0ba902b7-01` }),
      source: undefined,
    }
    expect(text(shown)).toEqual([
      'otel-logs/3/182',
      '  why       not JSON',
      '  stage     normalise',
      '  parked    1970-01-01T00:15:40Z, 60s ago',
      '  lies at   otel-logs.dlq/0/5',
      '  entries   1, 4 were bad; the others went on',
      '  replayed  no',
      `  trace     ${trace}`,
      '  key       none',
      '',
      'Headers',
      `  traceparent  00-${trace}-00f067aa0ba902b7-01`,
      '',
      'Value: JSON, 7 bytes',
      '  {',
      '    "a": 1',
      '  }',
    ])
  })

  it('fetches what is by reference, or says that it is lost', () => {
    const lost = { letter: letter(), record: record(null), source: undefined }
    expect(text(lost).at(-1)).toMatch(/otel-logs\/3\/182 is no longer there: its bytes are lost/)
    const found = text({ ...lost, source: record(bytes('[]')) })
    expect(found.at(-2)).toBe(
      'Value: JSON, 2 bytes (too large for a dead letter; read from otel-logs/3/182)',
    )
  })

  it('cuts a long value, and shows all of it when asked', () => {
    const shown = {
      letter: letter(),
      record: record(bytes(JSON.stringify(Array.from({ length: 500 }, (_, i) => i)))),
      source: undefined,
    }
    expect(text(shown).at(-1)).toBe('  … 302 more lines: --full')
    expect(text(shown, { full: true }).at(-1)).toBe('  ]')
  })

  it('lets nothing hostile through, in text or in JSON', () => {
    const shown = {
      letter: letter({ why: HOSTILE, stages: [HOSTILE] }),
      record: {
        ...record(bytes(HOSTILE), { [HOSTILE]: HOSTILE, traceparent: HOSTILE }),
        key: Buffer.from([0xff, 0x1b]),
      },
      source: undefined,
    }
    for (const line of text(shown)) expect(line).not.toMatch(DANGEROUS)
    for (const line of visibleJson(letterJson(shown)).split('\n'))
      expect(line).not.toMatch(DANGEROUS)
    expect(text(shown)).toContain('  key       0xff1b')
  })
})

describe('the list', () => {
  const letters = [
    letter({ why: 'field 3: "a" is no number', place: at(1), at: 900_000 }),
    letter({ why: 'field 4: "b" is no number', place: at(2), at: 940_000, replayedAt: 950_000 }),
    letter({ why: 'too deep', place: at(3), at: 100_000, stages: ['normalise', 'assemble'] }),
  ]
  function at(offset: number) {
    return { topic: 'otel-logs', partition: 3, offset }
  }

  it('groups reasons that differ in names and numbers only, the most frequent first', () => {
    expect(shapeOf('at [12]: "x" and `y`')).toBe('at [#]: … and …')
    expect(summarise(book(...letters))).toEqual({
      topic: 'otel-logs',
      deadLetterTopic: 'otel-logs.dlq',
      letters: 3,
      replayed: 1,
      foreign: 0,
      newestAt: 940_000,
      stages: [
        { stage: 'normalise', letters: 3 },
        { stage: 'assemble', letters: 1 },
      ],
      reasons: [
        {
          reason: 'field 4: "b" is no number',
          letters: 2,
          newestAt: 940_000,
          places: ['otel-logs/3/2', 'otel-logs/3/1'],
        },
        { reason: 'too deep', letters: 1, newestAt: 100_000, places: ['otel-logs/3/3'] },
      ],
    })
  })

  it('is read from the top: what there is, whose, why, and where', () => {
    const empty = { ...book(), topic: 'signals' }
    expect(summaryLines([empty, book(...letters)].map(summarise), options)).toEqual([
      'otel-logs.dlq: 3 letters, 1 of them replayed, newest 60s ago',
      '  parked by normalise 3, assemble 1',
      '     2  field 4: "b" is no number',
      '        otel-logs/3/2 otel-logs/3/1',
      '     1  too deep',
      '        otel-logs/3/3',
      '',
      '1 more topic without dead letters.',
      '`./kubesift dlq show otel-logs/3/2` shows one, `dlq replay` gives back',
    ])
    expect(summaryLines([summarise(empty)], options)).toEqual(['No dead letters in 1 topic.'])
  })

  it('has a line for each letter of one topic, within the columns, and nothing hostile', () => {
    const lines = letterLines([...letters, letter({ why: HOSTILE, stages: [HOSTILE] })], options)
    expect(lines[1]).toMatch(/^otel-logs\/3\/2 +60s ago +replayed +normalise +field 4/)
    expect(lines).toHaveLength(4)
    for (const line of [
      ...lines,
      ...summaryLines([summarise(book(letter({ why: HOSTILE, stages: [HOSTILE] })))], options),
    ])
      expect(line).not.toMatch(DANGEROUS)
  })
})

describe('what a command is about', () => {
  it('is a source topic or one place in it; the dead-letter topic is understood', () => {
    expect(parseTarget('otel-logs.dlq')).toEqual({ topic: 'otel-logs' })
    expect(parsePlace('otel-logs/3/182')).toEqual({ topic: 'otel-logs', partition: 3, offset: 182 })
  })

  it.each(['', 'a b', 'a/1', 'a/1/2/3', 'a/-1/2', 'a/1/x', '\u001b[2J'])('is not %j', (text) => {
    expect(() => parseTarget(text)).toThrow(/wanted is TOPIC or TOPIC\/PARTITION\/OFFSET/)
  })

  it('is helped along where it is nearly right', () => {
    expect(() => parsePlace('otel-logs')).toThrow(/which letter of it\?/)
    expect(unknownTopic('otel-log').message).toMatch(/did you mean otel-logs\?/)
  })
})

it('a replay says of each letter what it did, and how many at the end', () => {
  expect(outcomeText({ kind: 'already', at: 940_000 }, 1_000_000)).toBe(
    'left: it was replayed 60s ago (--again does it again)',
  )
  expect(outcomeText({ kind: 'refused', why: HOSTILE }, 0)).not.toMatch(DANGEROUS)
  expect(
    totalText(
      new Map([
        ['gone', 1],
        ['replayed', 1_200],
      ] as const),
    ),
  ).toBe('1,201 letters: 1,200 replayed, 1 gone')
  expect(totalText(new Map())).toBe('0 letters: nothing done')
})
