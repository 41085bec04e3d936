import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import type { IgnoreRules } from './ignores.ts'
import { contextsOf } from './in-process.ts'
import { AT, catalogueOf, S, said, SOURCE } from './insisting.spec-helper.ts'
import { NamespaceMachine } from './machine.ts'

describe("an operator's rule", () => {
  const ignores: IgnoreRules = {
    hash: 'h',
    rules: [
      {
        name: 'known-bang',
        why: 'we know',
        until: AT + 1000 * S,
        matches: ({ context }) => context.reasons.some(({ message }) => message === 'known'),
      },
    ],
  }
  const machineOf = () => new NamespaceMachine('c', 'n', new Classifier(catalogueOf({}), ignores))
  const told = (machine: NamespaceMachine) =>
    machine.settle(null, []).contexts.map(({ ignored, spells }) => [ignored?.rule, spells.length])

  test('keeps shut what it is sure of, and counts it once', () => {
    const machine = machineOf()
    for (const signal of said('bbbbb', [0, 5], 'known')) machine.apply(signal, SOURCE)
    const settled = machine.settle(null, [])
    expect(settled.contexts).toEqual([])
    expect(settled.ignored).toEqual([{ rule: 'known-bang', contexts: 1, occurrences: 2 }])
    for (const signal of said('bbbbb', [5, 9], 'known')) machine.apply(signal, SOURCE)
    expect(machine.settle(null, []).ignored).toEqual([
      { rule: 'known-bang', contexts: 0, occurrences: 1 },
    ])
    const again = machineOf()
    again.load([...machine.snapshot(), ...settled.fields])
    expect(again.settle(null, []).ignored).toEqual([])
  })

  test('the catalogue too counts what it knows as noise, each Event once', () => {
    const noise = { ...catalogueOf({}), ignore: [{ reason: ['Boom'], why: 'routine' }] }
    const machine = new NamespaceMachine('c', 'n', new Classifier(noise))
    for (const signal of said('bbbbb', [0, 5, 5])) machine.apply(signal, SOURCE)
    expect([...machine.settle(null, []).noise]).toEqual([['routine', 2]])
    expect([...machine.settle(null, []).noise]).toEqual([])
    const again = new NamespaceMachine('c', 'n', new Classifier(noise))
    again.load(machine.snapshot(), [{ source: SOURCE, signals: said('bbbbb', [0, 5]) }])
    expect([...again.settle(null, []).noise]).toEqual([])
  })

  test('takes back what was told before it matched', () => {
    const machine = machineOf()
    for (const signal of said('bbbbb', [0])) machine.apply(signal, SOURCE)
    expect(told(machine)).toEqual([[undefined, 1]])
    for (const signal of said('bbbbb', [5], 'known')) machine.apply(signal, SOURCE)
    expect(told(machine)).toEqual([['known-bang', 1]])
  })

  test('ends for what still occurs at its end', () => {
    const machine = machineOf()
    for (const signal of said('bbbbb', [0], 'known')) machine.apply(signal, SOURCE)
    expect(told(machine)).toEqual([])
    for (const signal of said('bbbbb', [1000], 'known')) machine.apply(signal, SOURCE)
    expect(told(machine)).toEqual([[undefined, 1]])
  })

  test('ends alike in whatever order and portions things become known', () => {
    const all = [...said('bbbbb', [0, 7]), ...said('bbbbb', [3, 9], 'known')]
    const order = fc.shuffledSubarray(all, { minLength: all.length })
    fc.assert(
      fc.property(
        order,
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        (signals, looks) => {
          const machine = machineOf()
          let last = new Map<string, string | undefined>()
          const look = () => {
            for (const { key, ignored } of machine.settle(null, []).contexts)
              last = new Map([...last, [key, ignored?.rule]])
          }
          signals.forEach((signal, i) => {
            machine.apply(signal, SOURCE)
            if (looks[i] === true) look()
          })
          look()
          // never told, or told and taken back: open it is not
          expect([...last.values()].filter((rule) => rule === undefined)).toEqual([])
        },
      ),
    )
  })

  test('is named beside what it has ignored', () => {
    const { contexts, ignored } = contextsOf(
      [
        {
          kind: 'chunk',
          cluster: 'c',
          namespace: 'n',
          source: SOURCE,
          signals: said('bbbbb', [0, 5], 'known'),
        },
      ],
      catalogueOf({}),
      { ignores },
    )
    expect(contexts).toEqual([])
    expect(ignored).toEqual([
      { reason: 'Boom', count: 2, why: 'we know', owner: 'Deployment/web', rule: 'known-bang' },
    ])
  })
})
