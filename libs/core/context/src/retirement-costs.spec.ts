import type { CostSignal, Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COST_TELLS_MS } from './costs.ts'
import { NamespaceMachine } from './machine.ts'
import { AT, classifier, HOUR, MINUTE, occurred, SOURCE } from './retirement.spec-helper.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'

const cost = (to: number, { of = 'web', total = 1 } = {}): CostSignal => ({
  t: 'cost',
  offsets: [1],
  repeats: 1,
  toldAt: to,
  allocation: {
    source: 'opencost',
    involved: { kind: 'Deployment', namespace: 'n', name: of },
    from: to - HOUR,
    to,
    total,
    terms: { cpu: total },
  },
})

const trouble = (n: number, at: number, firstAt = at, uid = 'u'): Signal =>
  occurred(at, { reason: 'Pull', object: 'Deployment/web', uid, n, firstAt }).signal(n)

const machineThat = (after: number) => new NamespaceMachine('c', 'n', classifier, after)
const stored = (fields: Map<string, string>, machine: NamespaceMachine) => {
  for (const [name, value] of machine.snapshot())
    if (value === '') fields.delete(name)
    else fields.set(name, value)
  return [...fields.keys()].filter((name) => name.startsWith('c:'))
}

describe('a cost', () => {
  test('is let go when it says nothing any more, and does not keep its namespace awake before', () => {
    const fields = new Map<string, string>()
    const machine = machineThat(RETIRE_AFTER_MS)
    machine.apply(cost(AT), SOURCE)
    const due = AT + COST_TELLS_MS + RETIRE_AFTER_MS
    expect(machine.settle(AT + HOUR, [])).toMatchObject({ contexts: [], nextDecisionAt: due })
    expect(stored(fields, machine)).toEqual(['c:Deployment/web'])
    expect(machine.settle(due - 1, []).nextDecisionAt).toBe(due)
    expect(stored(fields, machine)).toHaveLength(1)
    machine.settle(due, [])
    expect(machine.mustSave).toBe(true)
    expect(stored(fields, machine)).toEqual([])
    // Nothing but to be folded, when nothing has come for long.
    const idle = machine.settle(due + HOUR, [])
    expect(idle.contexts).toEqual([])
    expect(idle.nextDecisionAt).toBeGreaterThan(due + HOUR)
  })

  test('that is told each hour is one, and its namespace is asked for once a week', () => {
    const machine = machineThat(RETIRE_AFTER_MS)
    let looks = 0
    let next: number | null = null
    const fields = new Map<string, string>()
    for (let hour = 0; hour < 24 * 21; hour += 1) {
      const at = AT + hour * HOUR
      machine.apply(cost(at), SOURCE)
      machine.apply(cost(at, { of: `run-${hour}` }), SOURCE)
      if (next !== null && next <= at) looks += 1
      next = machine.settle(at, []).nextDecisionAt
      expect(stored(fields, machine).length).toBeLessThan(27)
    }
    expect(looks).toBeLessThan(5)
  })

  test('does not keep the facts of its owner, nor its owner its cost once it is settled', () => {
    const fields = new Map<string, string>()
    const machine = machineThat(RETIRE_AFTER_MS)
    machine.apply(cost(AT), SOURCE)
    machine.apply(trouble(1, AT), SOURCE)
    machine.settle(AT, [])
    for (const hours of [1, 2, 3, 4, 5, 6])
      for (const field of machine.settle(AT + hours * HOUR, []).fields) fields.set(...field)
    expect(machine.size.events).toBe(0)
    expect(stored(fields, machine)).toHaveLength(1)
    expect([...fields].filter(([name]) => name.startsWith('r:'))).not.toEqual([])
    expect(fields.get('r:Deployment/web')).not.toContain('opencost')
    machine.settle(AT + COST_TELLS_MS + 2 * RETIRE_AFTER_MS, [])
    expect(stored(fields, machine)).toEqual([])
  })

  test('of an owner that is in trouble is kept, and asked for now and then', () => {
    const machine = machineThat(RETIRE_AFTER_MS)
    machine.apply(cost(AT), SOURCE)
    const later = AT + 10 * 24 * HOUR
    machine.apply(trouble(1, later), SOURCE)
    const { contexts, nextDecisionAt } = machine.settle(later, [])
    expect(contexts).toHaveLength(1)
    expect(stored(new Map(), machine)).toHaveLength(1)
    expect(nextDecisionAt).toBeGreaterThan(later)
  })
})

const anHour = fc.integer({ min: 0, max: 24 * 14 })

test('that costs are let go changes nothing that is told, whenever it happens', () => {
  let letGo = 0
  fc.assert(
    fc.property(
      fc.array(anHour, { minLength: 1, maxLength: 6 }),
      fc.array(anHour, { minLength: 1, maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 9 }),
      (paid, troubles, kills) => {
        const told = [
          ...paid.map((hour) => ({
            at: AT + hour * HOUR,
            signal: cost(AT + hour * HOUR, { total: hour }),
          })),
          ...troubles.map((hour, i) => {
            const at = AT + hour * HOUR + MINUTE
            return { at, signal: trouble(1, at, at, `u${i}`) }
          }),
        ].sort((a, b) => a.at - b.at)
        const run = (after: number) => {
          let machine = machineThat(after)
          const fields = new Map<string, string>()
          const said: unknown[] = []
          const settle = (watermark: number, isKilled: boolean): void => {
            const { contexts, fields: now } = machine.settle(watermark, [])
            for (const [name, value] of now) fields.set(name, value)
            stored(fields, machine)
            for (const { key, cost: of, spells, occurrenceCount } of contexts)
              said.push([key, of?.perHour, spells, occurrenceCount])
            if (!isKilled) return
            machine = machineThat(after)
            machine.load(fields)
            machine.republish(watermark, [])
          }
          for (const [i, { at, signal }] of told.entries()) {
            machine.apply(signal, SOURCE)
            settle(at - 2 * MINUTE, kills[i % kills.length]!)
          }
          const last = told.at(-1)!.at
          for (const hours of [1, 4, 8, 24, 200, 240, 300]) settle(last + hours * HOUR, false)
          return { said, costs: stored(fields, machine).length }
        }
        const never = run(Infinity)
        const retiring = run(RETIRE_AFTER_MS)
        expect(retiring.said).toEqual(never.said)
        expect(retiring.costs).toBe(0)
        letGo += never.costs
      },
    ),
    { numRuns: 200 },
  )
  expect(letGo).toBeGreaterThan(0)
}, 60_000)
