import { describe, expect, it } from 'vitest'
import { LetterGatherer } from './letter-book.ts'
import { markOf, readDead, sourceOf } from './letter.ts'
import { bytesOf, deadRecord } from './testing/dead-records.ts'

const at = (time: string): number => Date.parse(time)

describe('a record of a dead-letter topic', () => {
  it('is a letter, with its source place and what was said', () => {
    const record = deadRecord({ 'dlq-entries': '1,4', 'content-type': 'application/json' })
    expect(readDead(record, 'things')).toEqual({
      kind: 'letter',
      place: { topic: 'things', partition: 1, offset: 17 },
      why: 'not JSON',
      stage: 'normalise',
      at: at('2026-11-20T10:00:00.000Z'),
      entries: [1, 4],
      copy: { partition: 2, offset: 5, byReference: false },
    })
  })

  it('keeps the time of the record where it names none that can be read, and no entries that are no numbers', () => {
    const record = deadRecord({ 'dlq-time': 'yesterday', 'dlq-entries': '1,x' })
    expect(readDead(record, 'things')).toMatchObject({ at: 7, entries: undefined })
  })

  it.each([
    ['another topic', { 'dlq-topic': 'others' }],
    ['a negative offset', { 'dlq-offset': '-1' }],
    ['an offset beyond all numbers', { 'dlq-offset': '9'.repeat(16) }],
    ['a partition that is no number', { 'dlq-partition': '0x1' }],
    ['no reason', { 'dlq-error': undefined }],
    ['an inherited name only', { 'dlq-topic': undefined, toString: 'things' }],
  ])('is foreign with %s', (_, headers) => {
    expect(readDead(deadRecord(headers), 'things')).toEqual({ kind: 'foreign' })
  })

  it('gives back the record that was parked: its bytes, key and own headers', () => {
    const record = deadRecord({ ce_id: 'a' }, { key: Buffer.from([0xff]), value: bytesOf('{') })
    expect(sourceOf(record, 1)).toEqual({
      key: Buffer.from([0xff]),
      value: bytesOf('{'),
      headers: { ce_id: bytesOf('a') },
      partition: 1,
    })
    expect(sourceOf(record, undefined)).not.toHaveProperty('partition')
  })
})

describe('the letters of a topic', () => {
  const gathered = (...records: ReturnType<typeof deadRecord>[]) => {
    const gatherer = new LetterGatherer('things')
    for (const record of records) gatherer.add(record)
    return gatherer.book()
  }
  const mark = () => {
    const { headers = {} } = markOf({ topic: 'things', partition: 1, offset: 17 }, 0, 1_000)
    return deadRecord(Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v)])), {
      value: null,
      bare: true,
    })
  }

  it('are one for all that repeat a source place, with the newest reason', () => {
    const { letters, foreign } = gathered(
      deadRecord({ 'dlq-time': '2026-11-20T10:00:02Z', 'dlq-error': 'newer' }, { offset: 9 }),
      deadRecord({ 'dlq-stage': 'assemble' }, { offset: 10, value: null }),
      deadRecord({ 'dlq-offset': '3' }),
      deadRecord({ 'dlq-topic': 'others' }),
    )
    expect([...letters.keys()]).toEqual(['things/1/3', 'things/1/17'])
    expect(letters.get('things/1/17')).toMatchObject({
      why: 'newer',
      at: at('2026-11-20T10:00:02Z'),
      stages: ['normalise', 'assemble'],
      copies: [
        { offset: 9, byReference: false },
        { offset: 10, byReference: true },
      ],
      replayedAt: undefined,
    })
    expect(foreign).toBe(1)
  })

  it('are replayed where a marker says so, whatever came first', () => {
    const place = 'things/1/17'
    expect(gathered(deadRecord({}), mark()).letters.get(place)?.replayedAt).toBe(1_000)
    expect(gathered(mark(), deadRecord({})).letters.get(place)?.replayedAt).toBe(1_000)
    expect(gathered(mark()).letters.size).toBe(0)
  })
})
