import type { Context } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Classifier } from './classify.ts'
import { episode, happenedIn, type Recorders } from './episodes.spec-helper.ts'
import { AT, LATENESS, MINUTE, readAs, type Happened } from './retirement.spec-helper.ts'
import { apart, atOnce, patient, Reader, type Step } from './seeding.spec-helper.ts'
import { measuredAt, seedsOf, type Horizon } from './seeding.ts'

const newestOf = (read: readonly Happened[]): number => Math.max(...read.map(({ at }) => at))

/** What is read, and by which watermark it is settled. */
const stepsOf = (read: readonly Happened[], offset: number): Step[] =>
  read.map((signal, i) => ({
    offset: offset + i,
    signal,
    watermark: newestOf(read.slice(0, i + 1)) - LATENESS,
  }))

/** Nothing happens, and time goes on. */
const quiet = (offset: number, newest: number, minutes: readonly number[]): Step[] =>
  minutes.map((each, i) => ({
    offset: offset + i,
    signal: undefined,
    watermark: newest + each * MINUTE,
  }))

/** Takes up what was told before the loss, and reads what is left. */
const rebuilt = (
  before: ReadonlyMap<string, Context>,
  left: readonly Step[],
  { horizonAt, rules }: { readonly horizonAt: number; readonly rules: Classifier },
): Reader => {
  const low = left[0]?.offset ?? Infinity
  const high = left.at(-1)?.offset ?? -Infinity
  const horizon: Horizon = {
    at: horizonAt,
    through: Math.min(horizonAt, left.at(-1)?.watermark ?? -Infinity),
    rules: rules.rules,
    from: low,
    until: high + 1,
  }
  const contexts = [...before.values()]
  const reader = new Reader(rules)
  reader.machine.load(seedsOf(contexts, horizon))
  for (const step of left) {
    reader.read(step)
    for (const c of contexts.filter((each) => measuredAt(each, horizon) === step.offset))
      reader.machine.adopt(c, { watermark: step.watermark, gaps: [] })
  }
  // What was told while it was read again is not published; then everything is.
  reader.told.clear()
  for (const [key, context] of before) reader.told.set(key, context)
  reader.tell(reader.machine.republish(left.at(-1)?.watermark ?? null, []), high)
  return reader
}

const PAUSE_MIN = 10
const DAYS = [1, 2, 3, 4, 8, 12, 24, 48, 240].map((hours) => hours * 60)

const jitters = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 3, maxLength: 12 })
const episodes = fc.array(episode, { minLength: 1, maxLength: 8 })
const storyOf = (each: typeof episodes) =>
  fc.record({
    before: each,
    after: each,
    pauseMin: fc.integer({ min: 0, max: 200 }),
    jitter: jitters,
    /** How much of what was read before the loss has gone, in thousandths. */
    gone: fc.integer({ min: 0, max: 1000 }),
  })
/** How much of a series was told under one problem before it was made anew, and taken in by another, is known from records alone. */
const story = storyOf(episodes.map((list) => list.map((one) => ({ ...one, anew: 'never' }))))
type Told = typeof story extends fc.Arbitrary<infer T> ? T : never

/** One that read all, and one that lost its state, and the oldest records with it. */
const both = (rules: Classifier, { before, after, pauseMin, jitter, gone }: Told) => {
  const recorders: Recorders = new Map()
  const first = readAs(happenedIn(before, AT, '', recorders), jitter)
  const lossAt = newestOf(first)
  const still = quiet(first.length, lossAt, [PAUSE_MIN / 2])
  const steps = [...stepsOf(first, 0), ...still]
  // What is left is longer than any recorder is silent: an Event that is told again only after it would be taken for another one.
  const timeOf = (i: number): number => newestOf(first.slice(0, i + 1))
  const mayGo = first.findLastIndex((_, i) => lossAt - timeOf(i) >= 30 * MINUTE)
  const low = Math.max(0, Math.round((gone / 1000) * mayGo))
  const all = new Reader(rules)
  for (const step of steps) all.read(step)
  const horizonAt = low === 0 ? -Infinity : timeOf(low)
  const again = rebuilt(all.told, steps.slice(low), { horizonAt, rules })
  // One that was silent for so long is in a sum, without its series.
  for (const [key, { lastAt }] of recorders) if (lastAt <= horizonAt) recorders.delete(key)
  const second = readAs(
    happenedIn(after, lossAt + (PAUSE_MIN + pauseMin) * MINUTE, 'later-', recorders),
    jitter,
  )
  const later = [
    ...stepsOf(second, steps.length),
    ...quiet(steps.length + second.length, newestOf(second), DAYS),
  ]
  return { all, again, later, low }
}

describe('a state that is lost', () => {
  test('is what was told, when the oldest records are lost as well', () => {
    let seeded = 0
    fc.assert(
      fc.property(story, (told) => {
        const { all, again, low } = both(patient, told)
        seeded += low > 0 ? 1 : 0
        expect(again.standing()).toEqual(all.standing())
      }),
      { numRuns: Number(process.env['RUNS'] ?? 100) },
    )
    expect(seeded).toBeGreaterThan(30)
  }, 60_000)

  test('goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { all, again, later } = both(atOnce, told)
        for (const step of later) {
          all.read(step)
          again.read(step)
        }
        expect(again.standing()).toEqual(all.standing())
      }),
      { numRuns: Number(process.env['RUNS'] ?? 100) },
    )
  }, 60_000)

  test('counts on in series of which Events were made anew, before or after', () => {
    fc.assert(
      fc.property(storyOf(episodes), (told) => {
        const { all, again, later } = both(apart, told)
        expect(again.standing()).toEqual(all.standing())
        for (const step of later) {
          all.read(step)
          again.read(step)
        }
        expect(again.standing()).toEqual(all.standing())
      }),
      { numRuns: Number(process.env['RUNS'] ?? 100) },
    )
  }, 60_000)
})
