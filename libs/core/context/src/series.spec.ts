import type { Signal } from '@kubesift/contracts'
import { fromKube } from '@kubesift/core-signal'
import { describe, expect, test } from 'vitest'
import { AT, classifier, HOUR, MINUTE, Run, SOURCE } from './retirement.spec-helper.ts'
import { NamespaceMachine } from './machine.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'

const KEY = 'c/n/Deployment/web/Pull'
const time = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

/** As client-go names it: the object, and the instant of the first occurrence in nanoseconds. */
const named = (at: number): string => `web.${(BigInt(at) * 1_000_000n + 421n).toString(16)}`

interface Told {
  readonly uid: string
  readonly count?: number
  readonly at: number
  readonly name?: string | undefined
  readonly firstAt?: number
}

/** An Event as the API server has it; made anew after its expiry it has another UID, and all else from before. */
const stored = ({ uid, count, at, firstAt = AT, name = named(AT) }: Told): Signal => {
  const read = fromKube(
    {
      kind: 'Event',
      metadata: { uid, name, namespace: 'n', creationTimestamp: time(at) },
      involvedObject: { kind: 'Deployment', namespace: 'n', name: 'web', uid: 'web-uid' },
      reason: 'Pull',
      type: 'Warning',
      message: 'no such image',
      count,
      firstTimestamp: time(firstAt),
      lastTimestamp: time(at),
    },
    { offset: at - AT },
  )
  if (!read.ok || !('signal' in read)) throw new Error('not readable')
  return read.signal
}

const toldOf = (signals: readonly Signal[]) => {
  const machine = new NamespaceMachine('c', 'n', classifier)
  for (const signal of signals) machine.apply(signal, SOURCE)
  const [context] = machine.all(null, []).contexts
  return { count: context?.occurrenceCount, uids: context?.reasons[0]?.uids }
}

describe('an Event that expired and was made anew, under a UID of its own,', () => {
  const before = [1, 2, 3].map((count) => stored({ uid: 'a', count, at: AT + count * MINUTE }))
  const after = [4, 5].map((count) => stored({ uid: 'b', count, at: AT + 2 * HOUR + count }))

  test('goes on counting where it was, in any order', () => {
    const all = [...before, ...after]
    for (const signals of [all, all.toReversed(), [...after, ...all, ...before]])
      expect(toldOf(signals)).toEqual({ count: 5, uids: 2 })
  })
})
