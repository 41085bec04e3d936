import type { Opening } from '@kubesift/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import { AT, catalogueOf, S, said, SOURCE } from './insisting.spec-helper.ts'
import { NamespaceMachine } from './machine.ts'

const machineOf = (opens: Opening, ttl = 600 * S): NamespaceMachine =>
  new NamespaceMachine('c', 'n', new Classifier(catalogueOf({ opens, ttl })))

const tell = (machine: NamespaceMachine, pod: string, seconds: readonly number[]): void => {
  for (const signal of said(pod, seconds)) machine.apply(signal, SOURCE)
}

const opening: fc.Arbitrary<Opening> = fc.record(
  {
    count: fc.integer({ min: 1, max: 5 }),
    span: fc.constantFrom(0, 30 * S),
    per: fc.constant('object' as const),
    pause: fc.constant(60 * S),
  },
  { requiredKeys: ['count'] },
)

test('whoever has opened was looked at, in whatever batches it came', () => {
  const batches = fc.array(
    fc.array(fc.tuple(fc.constantFrom('bbbbb', 'ccccc', 'ddddd'), fc.nat(400)), { maxLength: 4 }),
    { maxLength: 8 },
  )
  const hours = fc.array(fc.nat(2_000), { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(opening, batches, hours, (opens, list, watermarks) => {
      const machine = machineOf(opens)
      const published = new Set<string>()
      let [watermark, at] = [AT, AT]
      for (const [i, batch] of list.entries()) {
        for (const [pod, second] of batch) tell(machine, pod, [second])
        at = Math.max(at, AT + watermarks[i]! * S)
        if (i % 2 === 1) watermark = at
        for (const { key } of machine.settle(i % 2 === 1 ? watermark : null, []).contexts)
          published.add(key)
        const opened = machine
          .all(watermark, [])
          .contexts.filter(({ spells }) => spells.some(({ openedAt }) => openedAt !== null))
        expect(opened.map(({ key }) => key).filter((key) => !published.has(key))).toEqual([])
      }
    }),
    { numRuns: 1_000 },
  )
})

test('what did not open and has ended by the watermark opens by nothing that comes late', () => {
  const machine = machineOf({ count: 3 })
  tell(machine, 'bbbbb', [0, 20])
  const { contexts, nextDecisionAt } = machine.settle(null, [])
  expect([contexts, nextDecisionAt]).toEqual([[], AT + 600 * S])
  machine.settle(AT + 1_000 * S, [])
  tell(machine, 'bbbbb', [10])
  expect(machine.settle(null, []).contexts).toEqual([])
})

test('what came in one batch with another that made its owner be looked at counts later on', () => {
  const machine = machineOf({ count: 2, per: 'object', pause: 60 * S })
  tell(machine, 'ddddd', [0])
  machine.settle(null, [])
  tell(machine, 'ddddd', [61])
  tell(machine, 'bbbbb', [0])
  expect(machine.settle(null, []).contexts).toEqual([])
  tell(machine, 'bbbbb', [1])
  expect(machine.settle(null, []).contexts).toMatchObject([{ problem: 'Boom' }])
})
