import type { Catalogue, Signal, SlimObject } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'

const catalogue: Catalogue = {
  problems: [
    {
      problem: 'Boom',
      severity: 'P4',
      title: '{owner}',
      events: [{ reason: ['Boom'] }],
      states: [],
      absorbs: [],
      opens: { count: 1 },
      recovery: 'none',
      stability: 60_000,
      ttl: 3_600_000,
    },
  ],
  ignore: [],
  hash: 'test',
}
const AT = Date.UTC(2026, 10, 21, 1)
const SOURCE = { topic: 'otel-logs', partition: 0 }

const machineOf = (fields: Iterable<readonly [string, string]> = []): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'n', new Classifier(catalogue))
  machine.load(fields)
  return machine
}

describe('a key whose owner was inferred', () => {
  const pod = { kind: 'Pod', namespace: 'n', name: 'web-bcdfg', uid: 'pod-1' }
  const crash: Signal = {
    t: 'event',
    event: {
      uid: 'u',
      involved: pod,
      reason: 'Boom',
      type: 'Normal',
      message: 'bang',
      firstAt: AT,
    },
    tellings: [{ n: 1, at: AT, offset: 1, repeats: 1 }],
  }
  const object = (
    uid: string,
    kind: string,
    name: string,
    owner?: SlimObject['owners'][number],
  ): Signal => ({
    t: 'object',
    offsets: [9],
    repeats: 1,
    observedAt: AT,
    object: {
      kind,
      apiVersion: 'v1',
      namespace: 'n',
      name,
      uid,
      rv: '1',
      labels: {},
      annotations: {},
      owners: owner === undefined ? [] : [owner],
    },
  })
  const truth = [
    object('cs-1', 'CatalogSource', 'web'),
    object('pod-1', 'Pod', pod.name, {
      kind: 'CatalogSource',
      name: 'web',
      uid: 'cs-1',
      controller: true,
    }),
  ]
  const keysOf = (
    settled: readonly { readonly key: string; readonly movedTo?: string | undefined }[],
  ) => settled.map(({ key, movedTo }) => [key, movedTo]).sort()

  test('moves to the true one when that becomes known, and only then', () => {
    const machine = machineOf()
    machine.apply(crash, SOURCE)
    expect(keysOf(machine.settle(null, []).contexts)).toEqual([
      ['c/n/DaemonSet/web/Boom', undefined],
    ])
    for (const signal of truth) machine.apply(signal, SOURCE)
    const { contexts } = machine.settle(null, [])
    expect(keysOf(contexts)).toEqual([
      ['c/n/CatalogSource/web/Boom', undefined],
      ['c/n/DaemonSet/web/Boom', 'c/n/CatalogSource/web/Boom'],
    ])
  })

  test('is told again by the next holder, after a crash', () => {
    const machine = machineOf()
    machine.apply(crash, SOURCE)
    const first = machine.settle(null, []).fields
    for (const signal of truth) machine.apply(signal, SOURCE)
    const { fields } = machine.settle(null, [])
    const successor = machineOf([...first, ...fields, ...machine.snapshot()])
    expect(keysOf(successor.republish(null, []))).toEqual([
      ['c/n/CatalogSource/web/Boom', undefined],
      ['c/n/DaemonSet/web/Boom', 'c/n/CatalogSource/web/Boom'],
    ])
  })

  test('never was, where the truth came first', () => {
    const machine = machineOf()
    for (const signal of [...truth, crash]) machine.apply(signal, SOURCE)
    expect(keysOf(machine.settle(null, []).contexts)).toEqual([
      ['c/n/CatalogSource/web/Boom', undefined],
    ])
  })
})
