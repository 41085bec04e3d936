import { describe, expect, test } from 'vitest'
import { effectOfAnalysis, effectsOf } from './effects.ts'
import { incidentIdOf } from './ids.ts'
import { incidentsOf } from './incidents.ts'
import { aContext, anAnalysis, aSpell, T0 } from './testing.ts'

const at = (offset: number) => ({ version: { epoch: 1, offset } })
const typesOf = (effects: ReturnType<typeof effectsOf>): string[] =>
  effects.flatMap((e) => e.events.map((x) => x.type))

describe('the life of an incident', () => {
  test('opens with its id made of key and episode, and tells so', () => {
    const context = aContext()
    const [effect] = effectsOf(context, [])
    expect(effect?.incident).toMatchObject({
      id: incidentIdOf(context.key, 1),
      revision: 1,
      status: 'open',
      severity: 'P2',
      occurrenceCount: 5,
    })
    expect(effect?.events).toMatchObject([{ type: 'opened', revision: 1, at: T0 }])
    expect(effect?.notes).toMatchObject([
      { kind: 'system', actor: 'kubesift', text: 'opened: CrashLoop of Deployment shop/checkout' },
    ])
  })

  test('a context that never opened makes no incident', () => {
    const spells = [aSpell(0, 1, undefined, { openedAt: null })]
    expect(effectsOf(aContext({ spells }), [])).toEqual([])
  })

  test('a newer context that says the same makes no revision; one that says more does', () => {
    const known = incidentsOf(aContext())
    const later = {
      ...at(9),
      watermark: T0 + 900_000,
      cause: { topic: 'signals', partition: 0, offset: 9 },
    }
    expect(effectsOf(aContext({ ...later, traceparent: 'another' }), known)).toEqual([])
    expect(effectsOf(aContext({ ...later, occurrenceCount: 6 }), known)).toHaveLength(1)
    expect(effectsOf(aContext({ ...later, rulesHash: 'others' }), known)).toHaveLength(1)
  })

  const ends = [
    ['recovered', 'all replicas ready', 'resolved automatically: all replicas ready'],
    ['owner_deleted', 'Deployment deleted', 'resolved automatically: the owner was deleted'],
    [
      'ttl',
      'quiet',
      'resolved automatically: no occurrence for 2 h 0 min while the event stream was alive (TTL)',
    ],
  ] as const
  test.each(ends)('ends by %s, in explicit words', (by, why, text) => {
    const known = incidentsOf(aContext())
    const spells = [aSpell(0, 4, 0, { recovery: { at: T0 + 124 * 60_000, by, why } })]
    const [effect] = effectsOf(aContext({ ...at(2), spells }), known)
    expect(effect?.incident).toMatchObject({ status: 'resolved', resolution: { by } })
    expect(effect?.notes.map((n) => [n.kind, n.text])).toEqual([['status_change', text]])
  })

  test("ends by an operator's rule, and opens none", () => {
    const ignored = { rule: 'load-tests', why: 'they push until it fails' }
    expect(effectsOf(aContext({ ignored }), [])).toEqual([])
    const known = incidentsOf(aContext())
    const [effect] = effectsOf(aContext({ ...at(2), ignored }), known)
    const why = 'ignored by the rule load-tests: they push until it fails'
    expect(effect?.incident).toMatchObject({
      status: 'resolved',
      resolution: { by: 'operator', why },
    })
    expect(effect?.notes.map((n) => n.text)).toEqual([`resolved: ${why}`])
    const ended = incidentsOf(aContext({ ...at(2), ignored }), known)
    expect(effectsOf(aContext({ ...at(3), ignored }), ended)).toEqual([])
    expect(incidentsOf(aContext(at(4)), ended)).toMatchObject([
      { status: 'open', resolution: null },
    ])
  })

  test('comes back within the window as the same incident, later as a new one that names the former', () => {
    const spells = [aSpell(0, 4, 10), aSpell(20, 22, 30), aSpell(100, 101)]
    const incidents = incidentsOf(aContext({ spells }))
    expect(incidents.map((i) => [i.status, i.reopenCount, i.occurrenceCount])).toEqual([
      ['resolved', 1, 8],
      ['open', 0, 2],
    ])
    expect(incidents[1]?.previous).toBe(incidents[0]?.id)
    expect(typesOf(effectsOf(aContext({ spells }), []))).toEqual([
      'opened',
      'resolved',
      'reopened',
      'resolved',
      'opened',
    ])
  })

  test('a reopening escalates, with the sum that says why', () => {
    const severityTerms = [
      { term: 'base', points: 40, why: 'P3 in the catalogue' },
      { term: 'impact', points: 15, why: 'all down' },
    ]
    const known = incidentsOf(aContext({ severityTerms, spells: [aSpell(0, 4, 10)] }))
    const spells = [aSpell(0, 4, 10), aSpell(20, 22)]
    const [effect] = effectsOf(aContext({ ...at(2), severityTerms, spells }), known)
    expect(effect?.notes.map((n) => [n.kind, n.text])).toEqual([
      ['severity_change', 'severity P3 → P2: base 40 + impact 15 + reopened 10 = 65 points'],
      ['status_change', 'reopened: it occurred again, 10 min after it was resolved'],
    ])
    expect(effect?.events.map((e) => e.revision)).toEqual([3, 4])
    expect(effect?.incident.revision).toBe(4)
  })

  test('a past episode is left alone by what happens in the next', () => {
    const first = [aSpell(0, 4, 10)]
    const known = incidentsOf(aContext({ spells: first }))
    const later = aContext({ ...at(2), severity: 'P1', spells: [...first, aSpell(100, 101)] })
    expect(effectsOf(later, known).map((e) => e.incident.episode)).toEqual([2])
    expect(incidentsOf(later, known)[0]).toEqual(known[0])
  })
})

test('an incident whose occurrences turned out to be another’s ends with what is left', () => {
  const known = incidentsOf(aContext())
  const left = aSpell(0, 1, 20, { openedAt: null })
  const [effect] = effectsOf(aContext({ ...at(2), spells: [left] }), known)
  expect(effect?.incident).toMatchObject({ status: 'resolved', revision: 2 })
  expect(effect?.events.map((e) => [e.type, e.revision])).toEqual([['resolved', 2]])
  const going = aContext({ ...at(2), spells: [{ ...left, recovery: null }] })
  expect(effectsOf(going, known)).toEqual([])
})

describe('a moved key', () => {
  const movedTo = aContext({ problem: 'ImagePull' }).key

  test('ends as merged, as it stands, whatever the document shows of the other key', () => {
    const known = incidentsOf(aContext())
    const other = aContext({ ...at(2), problem: 'ImagePull', spells: [aSpell(0, 40)] })
    const moved = { ...other, key: aContext().key, movedTo }
    const effects = effectsOf(moved, known)
    expect(typesOf(effects)).toEqual(['merged'])
    expect(effects[0]?.incident).toMatchObject({
      status: 'merged',
      mergedInto: incidentIdOf(movedTo, 1),
      problem: 'CrashLoop',
      occurrenceCount: 5,
      context: { version: at(2).version, problem: 'CrashLoop' },
    })
    const merged = incidentsOf(moved, known)
    expect(effectsOf({ ...moved, ...at(3) }, merged)).toEqual([])
  })

  test('that nobody heard of makes no incident', () => {
    expect(effectsOf(aContext({ movedTo }), [])).toEqual([])
  })

  test('leaves the episodes before it their own end', () => {
    const known = incidentsOf(aContext({ spells: [aSpell(0, 4, 10), aSpell(100, 101)] }))
    expect(incidentsOf(aContext({ ...at(2), movedTo }), known).map((i) => i.status)).toEqual([
      'resolved',
      'merged',
    ])
  })

  test('is itself again when late records give it back what was merged', () => {
    const merged = incidentsOf(aContext({ ...at(2), movedTo }), incidentsOf(aContext()))
    const again = aContext({ ...at(3), spells: [aSpell(0, 4, 10), aSpell(200, 202)] })
    const incidents = incidentsOf(again, merged)
    expect(incidents.map((i) => [i.episode, i.status])).toEqual([
      [1, 'resolved'],
      [2, 'open'],
    ])
    expect(incidents[0]).not.toHaveProperty('mergedInto')
    const never = incidentsOf(again, incidentsOf(aContext()))
    const numbers = (list: typeof never) =>
      list.map((i) => [
        i.id,
        i.status,
        i.occurrenceCount,
        i.firstSeenAt,
        i.lastSeenAt,
        i.resolution,
      ])
    expect(numbers(incidents)).toEqual(numbers(never))
  })

  test('lives on under the next number when only later things come for itself', () => {
    const merged = incidentsOf(aContext({ ...at(2), movedTo }), incidentsOf(aContext()))
    const later = aContext({ ...at(3), firstSeenAt: T0 + 200 * 60_000, spells: [aSpell(200, 202)] })
    const incidents = incidentsOf(later, merged)
    expect(incidents.map((i) => [i.episode, i.status])).toEqual([
      [1, 'merged'],
      [2, 'open'],
    ])
    expect(incidents[1]?.firstSeenAt).toBe(T0 + 200 * 60_000)
  })
})

describe('an analysis', () => {
  const position = { topic: 'incident-analyses', partition: 0, offset: 7 }
  const context = aContext(at(5))
  const [incident] = incidentsOf(context)
  if (incident === undefined) throw new Error('the builder opens an incident')

  test('is added, told, and moves nothing else', () => {
    const effect = effectOfAnalysis(incident, anAnalysis(context), position)
    const { analysis, revision, ...rest } = effect!.incident
    expect({ ...rest, analysis: null, revision: incident.revision }).toEqual(incident)
    expect(analysis?.rule).toBe('bad-rollout')
    expect(revision).toBe(2)
    expect(effect?.events).toMatchObject([{ type: 'analysed', revision: 2, cause: position }])
    expect(effect?.notes).toMatchObject([
      { kind: 'ai_analysis', text: expect.stringContaining('confidence 90 %') },
    ])
  })

  test.each([
    ['a redelivery', {}],
    ['an older context version', { contextVersion: { epoch: 1, offset: 4 }, hypothesis: 'old' }],
  ])('%s changes nothing', (_, overrides) => {
    const once = effectOfAnalysis(incident, anAnalysis(context), position)!.incident
    expect(effectOfAnalysis(once, anAnalysis(context, overrides), position)).toBeUndefined()
  })

  test('is known again whatever the order of its keys', () => {
    const once = effectOfAnalysis(incident, anAnalysis(context), position)!.incident
    const turned = Object.fromEntries(Object.entries(once.analysis!).reverse())
    const stored = { ...once, analysis: turned as typeof once.analysis }
    expect(effectOfAnalysis(stored, anAnalysis(context), position)).toBeUndefined()
  })

  test('of a newer version with the same finding is stored and not told again', () => {
    const once = effectOfAnalysis(incident, anAnalysis(context), position)!.incident
    const newer = anAnalysis(context, { contextVersion: { epoch: 1, offset: 9 } })
    const effect = effectOfAnalysis(once, newer, position)
    expect(effect?.notes).toEqual([])
    expect(effect?.incident.analysis?.contextVersion.offset).toBe(9)
  })

  test('survives the next context', () => {
    const once = effectOfAnalysis(incident, anAnalysis(context), position)!.incident
    const [next] = incidentsOf(aContext(at(6)), [once])
    expect(next?.analysis).toEqual(once.analysis)
  })
})
