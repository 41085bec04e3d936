import type { Catalogue, ProblemRule, Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'
import type { Settled } from './settled.ts'

const problem = (name: string, absorbs: string[], stability: number): ProblemRule => ({
  problem: name,
  severity: 'P4',
  title: '{owner}',
  events: [{ reason: [name] }],
  states: [],
  absorbs,
  opens: { count: 1 },
  recovery: 'node',
  stability,
  ttl: 3_600_000,
})
const catalogue: Catalogue = {
  problems: [problem('Slow', ['Quick'], 60_000), problem('Quick', ['Slow'], 20_000)],
  ignore: [],
  hash: 'test',
}
const classifier = new Classifier(catalogue)
const SOURCE = { topic: 'otel-logs', partition: 0 }
const STEP = 10_000
const LATE = 30_000

const node = { kind: 'Node', namespace: '', name: 'n', uid: 'n' }
const event = (uid: string, reason: string, at: number): Signal => ({
  t: 'event',
  event: { uid, involved: node, reason, type: 'Warning', message: 'm', firstAt: at },
  tellings: [{ n: 1, at, offset: at, repeats: 1 }],
})
const version = (is: 'ready' | 'failing' | 'deleted', at: number): Signal => ({
  t: 'object',
  observedAt: at,
  offsets: [at],
  repeats: 1,
  ...(is === 'deleted' ? { deleted: true } : {}),
  object: {
    ...node,
    apiVersion: 'v1',
    rv: String(at + 1),
    labels: {},
    annotations: {},
    owners: [],
    conditions: { Ready: { status: is === 'ready' ? 'True' : 'False' } },
  },
})

const happening = fc.record({
  at: fc.nat(40),
  what: fc.constantFrom('Slow', 'Quick', 'ready', 'failing', 'deleted'),
})

/** What happened to a node, by time; it is deleted once at most. */
const story = fc.array(happening, { maxLength: 10 }).map((list) => {
  const sorted = list.toSorted((a, b) => a.at - b.at)
  const deletion = sorted.findIndex(({ what }) => what === 'deleted')
  return sorted
    .filter(({ what }, i) => what !== 'deleted' || i === deletion)
    .map(({ at, what }, i): { at: number; signal: Signal } => ({
      at: at * STEP,
      signal:
        what === 'ready' || what === 'failing' || what === 'deleted'
          ? version(what, at * STEP + i)
          : event(`u${i}`, what, at * STEP),
    }))
})

const essence = ({ cause: _cause, ...rest }: Settled['contexts'][number]) => rest

test('what is published is at every watermark what would be decided then', () => {
  fc.assert(
    fc.property(story, (happened) => {
      const machine = new NamespaceMachine('c', '', classifier)
      const published = new Map<string, Settled['contexts'][number]>()
      const left = [...happened]
      for (let now = 0; now < 60 * STEP; now += STEP) {
        while (left[0] !== undefined && left[0].at <= now)
          machine.apply(left.shift()!.signal, SOURCE)
        for (const context of machine.settle(now - LATE, []).contexts)
          published.set(context.key, context)
        for (const context of machine.republish(now - LATE, []))
          expect(essence(published.get(context.key)!)).toEqual(essence(context))
      }
    }),
    { numRuns: 500 },
  )
})
