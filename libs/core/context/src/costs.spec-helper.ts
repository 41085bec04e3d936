import type { Allocation, CostSignal, Signal } from '@kubesift/contracts'
import { fromKube } from '@kubesift/core-signal'
import { AT, boom, catalogue, SOURCE } from './add-ons.spec-helper.ts'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'

export const HOUR = 3_600_000
export const WATERMARK = AT + 400_000

export const signalsOf = (...objects: object[]): Signal[] =>
  objects.flatMap((object, i) => {
    const read = fromKube(object, { offset: i, observedAt: AT + 300_000 })
    if (!read.ok) throw new Error(read.why)
    const each = 'each' in read ? read.each : [read]
    return each.flatMap((one) => ('signal' in one ? [one.signal] : []))
  })

interface Told extends Partial<Omit<Allocation, 'involved'>> {
  readonly of?: string
  readonly hours?: number
  readonly ago?: number
  readonly toldAt?: number
  readonly offset?: number
}
/** What `of` (a Deployment by default) cost in a window that ended `ago` hours before the trouble. */
export const cost = ({
  of = 'Deployment/web',
  hours = 1,
  ago = 1,
  toldAt = AT,
  offset = 7,
  total = 1,
  ...more
}: Told = {}): CostSignal => {
  const [kind = '', name = ''] = of.split('/')
  return {
    t: 'cost',
    offsets: [offset],
    repeats: 1,
    toldAt,
    allocation: {
      source: 'opencost',
      involved: { kind, namespace: 'shop', name },
      from: AT - (ago + hours) * HOUR,
      to: AT - ago * HOUR,
      total,
      terms: { cpu: total },
      ...more,
    },
  }
}

export const machineWith = (signals: readonly Signal[]): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'shop', new Classifier(catalogue))
  for (const signal of signals) machine.apply(signal, SOURCE)
  return machine
}
export const contextsOf = (...signals: Signal[]) => machineWith(signals).all(WATERMARK, []).contexts
export const costIn = (...signals: Signal[]) => contextsOf(...signalsOf(boom), ...signals)[0]?.cost
