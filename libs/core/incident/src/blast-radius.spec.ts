import { describe, expect, test } from 'vitest'
import { blastRadiusOf } from './blast-radius.ts'

const key = (namespace: string, kind: string, name: string, problem: string): { key: string } => ({
  key: `c1/${namespace}/${kind}/${name}/${problem}`,
})
const payments = key('pay', 'Deployment', 'payments', 'CrashLoop')

describe('the blast radius of a cause', () => {
  test('is the other workloads of its group, each once, and the namespaces of all', () => {
    const members = [
      payments,
      key('shop', 'Deployment', 'checkout', 'ProbeFailure'),
      key('shop', 'Deployment', 'checkout', 'CrashLoop'),
      key('shop', 'Deployment', 'frontend', 'ProbeFailure'),
    ]
    expect(blastRadiusOf(payments, members)).toEqual({ workloads: 2, namespaces: 2 })
  })

  test('is none where nothing else is hit, be it by several problems', () => {
    expect(blastRadiusOf(payments, [payments])).toBeUndefined()
    const probe = key('pay', 'Deployment', 'payments', 'ProbeFailure')
    expect(blastRadiusOf(payments, [payments, probe])).toBeUndefined()
  })

  test('counts a thing of the whole cluster in no namespace', () => {
    const node = key('', 'Node', 'worker-2', 'NodeNotReady')
    const lost = key('shop', 'Deployment', 'catalog', 'NodeLost')
    expect(blastRadiusOf(node, [node, lost])).toEqual({ workloads: 1, namespaces: 1 })
  })

  test('takes names with encoded slashes for one name', () => {
    const odd = key('shop', 'Deployment', 'a%2Fb', 'CrashLoop')
    expect(blastRadiusOf(payments, [payments, odd])).toEqual({ workloads: 1, namespaces: 2 })
  })
})
