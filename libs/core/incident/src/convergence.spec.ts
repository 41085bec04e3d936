import { compareVersions, type Context, type Incident, type Spell } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effectsOf } from './effects.ts'
import { aContext, aSpell, T0 } from './testing.ts'

/** What a store keeps, with the two guards that it applies: version, and note id. */
class Ledger {
  version = { epoch: 0, offset: 0 }
  readonly incidents = new Map<string, Incident>()
  readonly notes = new Map<string, string>()
  readonly severityTrail: string[] = []
  readonly eventIds: string[] = []

  apply(context: Context): void {
    if (compareVersions(context.version, this.version) <= 0) return
    this.version = context.version
    for (const effect of effectsOf(context, [...this.incidents.values()])) {
      this.incidents.set(effect.incident.id, effect.incident)
      for (const event of effect.events) {
        this.eventIds.push(`${event.incidentId}@${event.revision}/${event.type}`)
      }
      for (const note of effect.notes) {
        if (note.kind === 'severity_change') this.severityTrail.push(note.text)
        else this.notes.set(note.id, `${note.incidentId} ${note.at} ${note.kind} ${note.text}`)
      }
    }
  }

  /** Versions and causing offsets aside; a past episode keeps the context and severity with which it was last seen alive. */
  outcome(): unknown {
    const all = [...this.incidents.values()].sort((a, b) => a.episode - b.episode)
    const last = all.filter((i) => i.status !== 'merged').at(-1)
    const incidents = all.map(({ revision: _r, context, severity, ...rest }) =>
      rest.id === last?.id ? { ...rest, severity, context } : rest,
    )
    return { incidents, notes: Object.fromEntries([...this.notes].sort()) }
  }
}

const run = (contexts: readonly Context[]): Ledger => {
  const ledger = new Ledger()
  for (const context of contexts) ledger.apply(context)
  return ledger
}

interface Stretch {
  readonly gap: number
  readonly length: number
  readonly stable: number
  readonly threshold: number
}

const stretch: fc.Arbitrary<Stretch> = fc.record({
  gap: fc.integer({ min: 1, max: 60 }),
  length: fc.integer({ min: 0, max: 6 }),
  stable: fc.integer({ min: 1, max: 20 }),
  threshold: fc.integer({ min: 1, max: 8 }),
})

/** The states that one stretch goes through as its records arrive: growing, perhaps opened, at last recovered. */
const statesOf = ({ length, stable, threshold }: Stretch, from: number): readonly Spell[] => {
  const openedAt = threshold - 1 <= length ? T0 + (from + threshold - 1) * 60_000 : null
  const growing = Array.from({ length: length + 1 }, (_, n) =>
    aSpell(from, from + n, undefined, { openedAt: n >= threshold - 1 ? openedAt : null }),
  )
  return [...growing, aSpell(from, from + length, from + length + stable, { openedAt })]
}

/** Every version of the context of a key, oldest first: what an assembler with no batching at all would publish. */
const historyOf = (stretches: readonly Stretch[], moved: boolean): readonly Context[] => {
  const lists: (readonly Spell[])[] = []
  const done: Spell[] = []
  let clock = 0
  for (const one of stretches) {
    clock += one.gap
    const states = statesOf(one, clock)
    lists.push(...states.map((state) => [...done, state]))
    const last = states.at(-1)
    if (last !== undefined) done.push(last)
    clock += one.length + one.stable
  }
  const history = lists.map((spells, i) => contextAt(i + 1, spells))
  if (!moved) return history
  const movedTo = aContext({ problem: 'ImagePull' }).key
  return [...history, { ...contextAt(lists.length + 1, done), movedTo }]
}

const contextAt = (offset: number, spells: readonly Spell[]): Context =>
  aContext({
    version: { epoch: 1, offset },
    spells: [...spells],
    severity: 'P3',
    severityTerms: [
      { term: 'base', points: 40, why: 'P3' },
      { term: 'impact', points: spells.length * 5, why: 'goes on' },
    ],
  })

const stretches = fc.array(stretch, { minLength: 1, maxLength: 5 })
const history = stretches.map((all) => historyOf(all, false))
const movedHistory = stretches.map((all) => historyOf(all, true))

/** Any choice of versions, in any order, with repeats, as long as the newest is among them. */
const deliveryOf = (log: fc.Arbitrary<readonly Context[]>) =>
  log.chain((all) =>
    fc
      .array(fc.nat({ max: all.length - 1 }), { maxLength: 30 })
      .chain((picks) =>
        fc.shuffledSubarray([...picks, all.length - 1], { minLength: picks.length + 1 }),
      )
      .map((picks) => ({ all, delivered: picks.flatMap((i) => all[i] ?? []) })),
  )

describe('the stream part of an incident', () => {
  test('ends alike however its contexts were skipped, doubled and shuffled', () => {
    fc.assert(
      fc.property(deliveryOf(history), ({ all, delivered }) => {
        expect(run(delivered).outcome()).toEqual(run(all).outcome())
      }),
      { numRuns: 300 },
    )
  })

  test('of a moved key ends merged wherever it was ever heard of, and nowhere else', () => {
    fc.assert(
      fc.property(deliveryOf(movedHistory), ({ all, delivered }) => {
        const [some, full] = [run(delivered), run(all)].map((l) => [...l.incidents.values()])
        for (const incident of some ?? []) {
          expect(full?.map((i) => i.id)).toContain(incident.id)
        }
        const last = some?.toSorted((a, b) => a.episode - b.episode).at(-1)
        if (last !== undefined) expect(last.status).toBe('merged')
      }),
    )
  })

  test('is not moved by the redelivery of any part of the log', () => {
    fc.assert(
      fc.property(fc.oneof(history, movedHistory), fc.nat(), (all, n) => {
        const ledger = run(all)
        const before = [ledger.outcome(), [...ledger.eventIds], [...ledger.severityTrail]]
        for (const context of all.slice(n % all.length)) ledger.apply(context)
        expect([ledger.outcome(), ledger.eventIds, ledger.severityTrail]).toEqual(before)
      }),
    )
  })

  test('only grows: revisions, counts and notes never fall, and no event id is used twice', () => {
    fc.assert(
      fc.property(fc.oneof(history, movedHistory), (all) => {
        const ledger = new Ledger()
        const seen = new Map<string, Incident>()
        for (const context of all) {
          const notes = ledger.notes.size
          ledger.apply(context)
          expect(ledger.notes.size).toBeGreaterThanOrEqual(notes)
          for (const [id, incident] of ledger.incidents) {
            const before = seen.get(id)
            if (before !== undefined && incident.status !== 'merged') {
              expect(incident.revision).toBeGreaterThanOrEqual(before.revision)
              expect(incident.occurrenceCount).toBeGreaterThanOrEqual(before.occurrenceCount)
              expect(incident.reopenCount).toBeGreaterThanOrEqual(before.reopenCount)
            }
            seen.set(id, incident)
          }
        }
        expect(new Set(ledger.eventIds).size).toBe(ledger.eventIds.length)
      }),
    )
  })

  test('tells its severities as one chain, from the first published to the last', () => {
    const single = fc.array(stretch, { minLength: 1, maxLength: 5 }).map((all) =>
      historyOf(
        all.map((s) => ({ ...s, gap: 1, threshold: 1 })),
        false,
      ),
    )
    fc.assert(
      fc.property(single, (all) => {
        const ledger = run(all)
        const steps = ledger.severityTrail.map((text) => /(P\d) → (P\d)/.exec(text)?.slice(1) ?? [])
        steps.forEach(([from], i) => expect(from).toBe(i === 0 ? 'P3' : steps[i - 1]?.[1]))
        const [last] = [...ledger.incidents.values()]
        expect(steps.at(-1)?.[1] ?? 'P3').toBe(last?.severity)
      }),
    )
  })
})
