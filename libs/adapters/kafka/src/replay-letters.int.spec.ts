import { expect, test, vi } from 'vitest'
import { findLetter, type LetterBook, readLetters } from './letter-book.ts'
import { placeText } from './letter.ts'
import { readRecordAt, spansOf } from './read-records.ts'
import { type ReplayOptions, replayLetters } from './replay-letters.ts'
import { aCorner, type Corner, dropBefore } from './testing/a-topic.ts'

const until = vi.waitUntil
const waiting = { timeout: 40_000, interval: 20 }
const never = new AbortController().signal
const large = 'x'.repeat(1_048_450)

const book = (corner: Corner): Promise<LetterBook> => readLetters(corner.kafka, 'things', never)
const places = ({ letters }: LetterBook): string[] => [...letters.keys()]

const replay = async (
  corner: Corner,
  of: LetterBook,
  options: Pick<ReplayOptions, 'again' | 'dryRun'> = {},
): Promise<string[]> => {
  const said: string[] = []
  await replayLetters(corner.kafka, of, {
    ...options,
    signal: never,
    report: ({ place }, { kind }) => void said.push(`${placeText(place)} ${kind}`),
  })
  return said
}

/** Things of which the consumer of the corner parks all that are not JSON. */
const park = async (corner: Corner, ...values: string[]): Promise<void> => {
  await corner.producer.publishRaw(
    'things',
    values.map((value) => ({
      key: 'k',
      value: Buffer.from(value),
      headers: { ce_id: 'a', traceparent: 't' },
      partition: 1,
    })),
  )
  const run = corner.start({ handle: (batch) => Promise.resolve({ through: batch.lastOffset }) })
  await caughtUp(run.consumer)
  await run.stop()
}

const caughtUp = (consumer: ReturnType<Corner['start']>['consumer']): Promise<unknown> =>
  until(() => {
    const positions = [...consumer.positions().values()]
    return positions.length === 2 && positions.every((position) => position.caughtUp)
  }, waiting)

test('a letter goes back as it came, once, and one that fails again is a new letter', async () => {
  await using corner = await aCorner({ partitions: 2 })
  await park(corner, '{bad', '{worse')
  const first = await book(corner)
  expect(places(first)).toEqual(['things/1/0', 'things/1/1'])
  expect(await replay(corner, first, { dryRun: true })).toEqual([
    'things/1/0 would-replay',
    'things/1/1 would-replay',
  ])
  expect(await replay(corner, first)).toEqual(['things/1/0 replayed', 'things/1/1 replayed'])
  const back = await readRecordAt(corner.kafka, { topic: 'things', partition: 1, offset: 3 })
  expect(back).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('{worse') })
  expect([...(back?.headers.keys() ?? [])]).toEqual(['ce_id', 'traceparent'])
  const second = await book(corner)
  expect(await replay(corner, second)).toEqual(['things/1/0 already', 'things/1/1 already'])
  await park(corner)
  const third = await book(corner)
  expect(places(third)).toEqual(['things/1/0', 'things/1/1', 'things/1/2', 'things/1/3'])
  expect(third.foreign).toBe(0)
  expect(await replay(corner, third)).toEqual([
    'things/1/0 already',
    'things/1/1 already',
    'things/1/2 replayed',
    'things/1/3 replayed',
  ])
})

test('a repeat in another partition of the dead letters is the same letter, and the marker lies beside each', async () => {
  await using corner = await aCorner({ partitions: 2 })
  await park(corner, '{bad')
  const { record } = (await findLetter(corner.kafka, place(0), never)) ?? expect.fail('a letter')
  const headers = Object.fromEntries(record.headers)
  for (const partition of [0, 1, 2])
    await corner.producer.publishRaw('things.dlq', [{ ...record, headers, partition }])
  const repeated = await book(corner)
  expect(repeated.letters.get('things/1/0')?.copies).toHaveLength(4)
  expect(await replay(corner, repeated)).toEqual(['things/1/0 replayed'])
  expect(await replay(corner, await book(corner), { again: true })).toEqual(['things/1/0 replayed'])
  // four letters, and two replays with a marker in each of three partitions
  const spans = [...(await spansOf(corner.kafka, 'things.dlq')).values()]
  expect(spans.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(10)
})

test('a letter by reference is fetched where it came from, until it is gone there', async () => {
  await using corner = await aCorner({ partitions: 2 })
  await park(corner, large)
  const found = await findLetter(corner.kafka, place(0), never)
  expect(found?.record.value === null).toBe(true)
  expect(await replay(corner, await book(corner))).toEqual(['things/1/0 replayed'])
  const back = await readRecordAt(corner.kafka, { ...place(1) })
  expect(back?.value?.length).toBe(large.length)
  expect(back?.headers.get('ce_id')?.toString()).toBe('a')
  await dropBefore(corner.kafka, place(1))
  expect(await replay(corner, await book(corner), { again: true })).toEqual(['things/1/0 gone'])
  expect(await findLetter(corner.kafka, place(9), never)).toBeUndefined()
})

const place = (offset: number) => ({ topic: 'things', partition: 1, offset })
