import type { AgainSignal, EventHead, EventSignal, Telling } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventFact, joinEvent, type EventFact } from './event-fact.ts'
import { EventStore } from './event-store.ts'

const head = (uid: string, more: Partial<EventHead> = {}): EventHead => ({
  uid,
  involved: { kind: 'Pod', namespace: 'n', name: 'web' },
  reason: 'BackOff',
  type: 'Warning',
  message: 'a',
  firstAt: 1_000,
  ...more,
})

/** The same object for the same head, as a reader gives it. One Event is told under two texts, and one by two receivers. */
const plain = head('plain')
const twice = [head('twice'), head('twice', { message: 'b' })]
const both = [head('both'), head('both', { host: 'node', seriesDropped: true, firstAt: 900 })]
const scaling = head('scaling', {
  reason: 'ScalingReplicaSet',
  message: 'Scaled up replica set web-1 from 0 to 3',
})
const combined = ['x', 'y'].map((to) =>
  head('combined', {
    reason: 'ScalingReplicaSet',
    message: `(combined from similar events): Scaled up replica set web-${to} from 0 to 3`,
    combined: true,
  }),
)
const heads = [plain, ...twice, ...both, scaling, ...combined]
/** Those of which one text is all that there is may be told again by name alone. */
const byName = [plain, ...both, scaling]

const telling: fc.Arbitrary<Telling> = fc.record({
  n: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 100_000 })),
  at: fc.integer({ min: 1_000, max: 1_020 }),
  offset: fc.nat(50),
  repeats: fc.integer({ min: 1, max: 3 }),
})
const tellings = fc.oneof(
  { weight: 9, arbitrary: fc.array(telling, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(telling, { minLength: 250, maxLength: 300 }) },
)
const source = fc.constantFrom(
  { topic: 'otel-logs', partition: 0 },
  { topic: 'otel-logs', partition: 1 },
)

const step = fc.oneof(
  fc.record({
    do: fc.constant('event' as const),
    head: fc.constantFrom(...heads),
    tellings,
    source,
  }),
  fc.record({
    do: fc.constant('again' as const),
    head: fc.constantFrom(...byName),
    tellings,
    source,
  }),
  fc.record({ do: fc.constant('look' as const), head: fc.constantFrom(...heads) }),
  fc.record({ do: fc.constant('store' as const) }),
)

const tell = (
  store: EventStore,
  signal: EventSignal,
  from: { topic: string; partition: number },
) => {
  if (store.tellAgain(signal, from)) return
  const fact = eventFact(signal, from)
  store.add(fact, fact.grown === undefined ? signal.event : undefined)
}

const restored = (store: EventStore): EventStore => {
  const fields = JSON.stringify([store.all(), store.early])
  const again = new EventStore()
  const [facts, early] = JSON.parse(fields) as [EventFact[], [string, never][]]
  again.recall(early)
  for (const fact of facts) again.add(fact)
  return again
}

const againSignal = (uid: string, ...told: Telling[]): AgainSignal => ({
  t: 'again',
  uid,
  tellings: told,
})
const at = (n: number): Telling => ({ n, at: 1_000 + n, offset: n, repeats: 1 })
const SOURCE = { topic: 'otel-logs', partition: 0 }

describe('the Events of a namespace', () => {
  test('are what joining each telling gives, in whatever order and form they came', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let store = new EventStore()
        const expected = new Map<string, EventFact>()
        const known = new Set<string>()
        const say = (event: EventHead, told: Telling[], from: typeof SOURCE): void => {
          const fact = eventFact({ event, tellings: told }, from)
          const before = expected.get(event.uid)
          expected.set(event.uid, before === undefined ? fact : joinEvent(before, fact))
        }
        for (const doing of steps) {
          if (doing.do === 'store') store = restored(store)
          else if (doing.do === 'look') {
            const { uid } = doing.head
            const { top, steps, records } = expected.get(uid) ?? {}
            const fact = store.get(uid)
            if (known.has(uid)) expect(fact).toMatchObject({ top, steps, records })
            else expect(fact).toBeUndefined()
          } else if (doing.do === 'event') {
            const { head: event, tellings: told, source: from } = doing
            known.add(event.uid)
            say(event, told, from)
            tell(store, { t: 'event', event, tellings: told }, from)
          } else {
            const { head: event, tellings: told, source: from } = doing
            const { uid } = event
            expect(store.again(againSignal(uid, ...told), from)).toBe(known.has(uid))
            // Whichever head it was, the Event is told whole by all of them in the end.
            say(event, told, from)
          }
        }
        for (const event of byName) {
          say(event, [at(1)], SOURCE)
          tell(store, { t: 'event', event, tellings: [at(1)] }, SOURCE)
        }
        for (const [uid, fact] of expected) expect(store.get(uid)).toEqual(fact)
        expect(new Set(store.keys())).toEqual(new Set(expected.keys()))
      }),
      { numRuns: 1000 },
    )
  })

  test('that nobody knows wait in bounded number, each with all that was told of it', () => {
    const store = new EventStore()
    for (let i = 0; i < 1_000; i += 1) store.again(againSignal(`u${i}`, at(1)), SOURCE)
    expect(store.early).toHaveLength(256)
    for (let n = 2; n < 1_000; n += 1) store.again(againSignal('u0', at(n)), SOURCE)
    expect(store.add(eventFact({ event: head('u0'), tellings: [at(1)] }, SOURCE)).top.n).toBe(999)
    store.again(againSignal('u999', at(7)), SOURCE)
    expect(store.early).toHaveLength(256)
    expect(store.add(eventFact({ event: head('u999'), tellings: [at(1)] }, SOURCE)).top.n).toBe(7)
  })

  test('that nobody knows are to be stored when they have changed', () => {
    const store = new EventStore()
    expect(store.earlyChanged).toBe(false)
    store.again(againSignal('u', at(1)), SOURCE)
    expect(store.earlyChanged).toBe(true)
    store.earlyChanged = false
    expect(store.earlyChanged).toBe(false)
    store.forgo('other')
    expect(store.earlyChanged).toBe(false)
    store.forgo('u')
    expect([store.earlyChanged, store.early]).toEqual([true, []])
  })

  test('can be looked at without being joined', () => {
    const store = new EventStore()
    tell(store, { t: 'event', event: plain, tellings: [at(1)] }, SOURCE)
    tell(store, { t: 'event', event: plain, tellings: [at(5)] }, SOURCE)
    expect(store.peek('plain')?.top.n).toBe(1)
    expect(store.get('plain')?.top.n).toBe(5)
    expect(store.peek('plain')?.top.n).toBe(5)
    expect(store.peek('nobody')).toBeUndefined()
  })
})
