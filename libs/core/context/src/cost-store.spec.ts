import type { CostSignal } from '@kubesift/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boom, POD, SOURCE } from './add-ons.spec-helper.ts'
import { MAX_COSTS } from './cost-store.ts'
import { cost, costIn, machineWith, signalsOf, WATERMARK } from './costs.spec-helper.ts'
import type { NamespaceMachine } from './machine.ts'

const aTelling: fc.Arbitrary<CostSignal> = fc
  .record({
    of: fc.constantFrom(
      'Deployment/web',
      `Pod/${POD}`,
      'Pod/web-5d6b7c8d9f-zzzzz',
      'Job/j',
      'Pod/__proto__',
    ),
    hours: fc.constantFrom(1, 2, 24),
    ago: fc.integer({ min: 0, max: 60 }),
    toldAt: fc.nat(2),
    total: fc.double({ min: 0, max: 1e9, noNaN: true }),
    offset: fc.nat(9),
  })
  .map(cost)

test('whatever the order, the repeats, the batches and a reload, the same is kept and told', () => {
  fc.assert(
    fc.property(
      fc.array(aTelling, { maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      (told, dice) => {
        const events = signalsOf(boom)
        const straight = machineWith([...events, ...told])
        const shuffled = [...told, ...told]
          .map((signal) => ({ signal, at: dice.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ signal }) => signal)
        const other = machineWith([])
        for (const signal of [...shuffled, ...events]) {
          other.apply(signal, SOURCE)
          other.settle(null, [])
        }
        const fields = (machine: NamespaceMachine) =>
          [...machine.snapshot()]
            .filter(([name, text]) => name.startsWith('c:') && text !== '')
            .sort()
        const kept = fields(straight)
        expect(fields(other)).toEqual(kept)
        const contexts = straight.all(WATERMARK, []).contexts
        expect(other.all(WATERMARK, []).contexts.map((c) => c.cost)).toEqual(
          contexts.map((c) => c.cost),
        )
        const loaded = machineWith([])
        loaded.load([...kept], [{ source: SOURCE, signals: [...events, ...told] }])
        expect(loaded.all(WATERMARK, []).contexts).toEqual(contexts)
      },
    ),
  )
})

test('so many are kept, those that ended last, and it is said that there may be more', () => {
  const many = Array.from({ length: MAX_COSTS + 50 }, (_, i) =>
    cost({ of: `Pod/one-${String(i).padStart(5, '0')}`, ago: i < 25 ? 2 : 1 }),
  )
  for (const order of [many, many.toReversed()]) {
    const machine = machineWith([...signalsOf(boom), ...order, cost({ ago: 0 })])
    const names = [...machine.snapshot()].filter(([n, text]) => n.startsWith('c:') && text !== '')
    expect(names).toHaveLength(MAX_COSTS)
    expect(names.map(([name]) => name)).not.toContain('c:Pod/one-00007')
    expect(names.map(([name]) => name)).toContain(`c:Pod/one-0${MAX_COSTS + 49}`)
    expect(machine.all(WATERMARK, []).contexts[0]?.cost).toMatchObject({ atLeast: true })
  }
  expect(costIn(cost())).not.toHaveProperty('atLeast')
})

test('what was not told of for a day, while others were, is forgotten', () => {
  const machine = machineWith([cost({ of: 'Pod/gone', ago: 30 }), cost({ ago: 5 })])
  const fields = machine.snapshot()
  expect(fields.get('c:Pod/gone')).toBe('')
  machine.apply(cost({ of: 'Pod/gone', ago: 30 }), SOURCE)
  expect([...machine.snapshot().keys()]).toEqual([])
})
