import type { ObjectSignal, ProblemRule, Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import { contextsOf } from './in-process.ts'
import { AT, catalogueOf, object, S, said, SOURCE } from './insisting.spec-helper.ts'
import { NamespaceMachine } from './machine.ts'

const openedAt = (rule: Partial<ProblemRule>, signals: readonly Signal[], second = 3600) =>
  contextsOf(
    [{ kind: 'chunk', cluster: 'c', namespace: 'n', source: SOURCE, signals: [...signals] }],
    catalogueOf(rule),
    {
      now: AT + second * S,
    },
  )
    .contexts.flatMap((c) => c.spells)
    .map((s) => (s.openedAt === null ? null : (s.openedAt - AT) / S))

describe('an opening', () => {
  const each = { opens: { count: 3, span: 30 * S, per: 'object' as const } }

  test('per object is not reached by many that say it once', () => {
    expect(
      openedAt(each, [...said('bbbbb', [0]), ...said('ccccc', [20]), ...said('ddddd', [40])]),
    ).toEqual([])
    expect(openedAt(each, said('bbbbb', [0, 20, 40]))).toEqual([40])
  })

  test('begins anew after a pause, which says that it went well in between', () => {
    const rule = { opens: { ...each.opens, pause: 60 * S } }
    expect(openedAt(rule, said('bbbbb', [0, 10, 100, 110]))).toEqual([])
    expect(openedAt(rule, said('bbbbb', [0, 10, 100, 110, 140]))).toEqual([140])
  })

  test('is that of the entry where it has one', () => {
    const rule = {
      opens: { count: 1 },
      events: [
        { reason: ['Boom'], message: 'soft', opens: { count: 2, span: 60 * S } },
        { reason: ['Boom'] },
      ],
    }
    expect(openedAt(rule, said('bbbbb', [0, 30], 'soft'))).toEqual([])
    expect(openedAt(rule, said('bbbbb', [0, 60], 'soft'))).toEqual([60])
    expect(openedAt(rule, [...said('bbbbb', [0], 'soft'), ...said('bbbbb', [5])])).toEqual([5])
  })

  test('is monotone: with more known it is never later', () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), {
      minLength: 1,
      maxLength: 12,
    })
    const rule = { opens: { count: 3, span: 30 * S, per: 'object' as const, pause: 60 * S } }
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 300 }), (some, more) => {
        const before = openedAt(rule, said('bbbbb', some))[0] ?? Infinity
        const after = openedAt(rule, said('bbbbb', [...new Set([...some, more])]))[0] ?? Infinity
        expect(after).toBeLessThanOrEqual(before)
      }),
    )
  })
})

describe('a state', () => {
  const condition = (status: string, at: number, second = at): ObjectSignal =>
    object({ conditions: { Ready: { status, reason: 'Why', at: AT + at * S } } }, second)
  const rule = {
    events: [],
    states: [{ state: 'condition' as const, value: ['Ready=False'], kind: ['Node'], for: 60 * S }],
  }

  test('speaks once it has lasted, and not before', () => {
    expect(openedAt(rule, [condition('False', 0)], 59)).toEqual([])
    expect(openedAt(rule, [condition('False', 0)], 60)).toEqual([60])
    expect(openedAt(rule, [condition('False', 0), condition('True', 30)], 100)).toEqual([])
    expect(openedAt(rule, [condition('False', 0), condition('True', 90)], 100)).toEqual([60])
  })

  test('that has spoken goes on to speak between two decisions by time', () => {
    const machine = new NamespaceMachine('c', 'n', new Classifier(catalogueOf(rule)))
    machine.apply(condition('False', 0), SOURCE)
    const first = machine.settle(AT + 10 * S, [])
    expect([first.contexts, first.nextDecisionAt]).toEqual([[], AT + 60 * S])
    expect(machine.settle(AT + 70 * S, []).contexts).toHaveLength(1)
    machine.apply(condition('False', 0, 80), SOURCE)
    machine.settle(null, [])
    const [context] = machine.republish(null, [])
    expect(context?.spells[0]?.openedAt).toBe(AT + 60 * S)
  })

  const pod = (second: number, restarts: number, exitCode: number): ObjectSignal =>
    object(
      {
        kind: 'Pod',
        name: 'web-0',
        uid: 'p',
        owners: [{ kind: 'StatefulSet', name: 'web', uid: 's', controller: true }],
        pod: {
          phase: 'Running',
          conditions: {},
          configMaps: [],
          secrets: [],
          claims: [],
          containers: [
            {
              name: 'web',
              ready: false,
              restarts,
              waiting: { reason: 'CrashLoopBackOff' },
              last: { container: 'web', reason: 'Error', exitCode, finishedAt: AT + second * S },
            },
          ],
        },
      },
      second,
    )

  test('of waiting counts from so many restarts on', () => {
    const waiting = {
      events: [],
      states: [{ state: 'waiting' as const, value: ['CrashLoopBackOff'], restarts: 3 }],
    }
    expect(openedAt(waiting, [pod(10, 2, 1)])).toEqual([])
    expect(openedAt(waiting, [pod(10, 2, 1), pod(20, 3, 1)])).toEqual([20])
  })

  test('is an exit code', () => {
    const exit = { events: [], states: [{ state: 'terminated' as const, value: ['exit=139'] }] }
    expect(openedAt(exit, [pod(10, 1, 1)])).toEqual([])
    expect(openedAt(exit, [pod(10, 1, 139)])).toEqual([10])
  })
})
