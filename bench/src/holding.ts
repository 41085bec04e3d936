import { decodeLogs } from '@kubesift/adapter-otlp'
import { loadCatalogue } from '@kubesift/adapter-rules'
import type { Signal } from '@kubesift/contracts'
import { Classifier, NamespaceMachine } from '@kubesift/core-context'
import { fromLogRecord } from '@kubesift/core-signal'
import { fileURLToPath } from 'node:url'
import { Storm, STORM } from './storm.ts'

/** For how long one namespace holds `assemble`, in milliseconds of CPU: whoever comes meanwhile waits at least so long. */
export interface Holding {
  readonly owners: number
  /** The longest join of a second's records, and the longest decision about what opens by them. */
  readonly joinMs: number
  readonly openMs: number
  /** The longest telling of counts: of all owners at once, and in the parts of a second that `assemble` makes of it. */
  readonly allMs: number
  readonly partMs: number
}

export interface HoldingPlan {
  readonly owners: readonly number[]
  readonly recordsPerSecond: number
  readonly seconds: number
}

export const HOLDING_PLAN: HoldingPlan = {
  owners: [100, 500, 2_000],
  recordsPerSecond: 4_500,
  seconds: 40,
}

const RULES = fileURLToPath(new URL('../../rules/problems', import.meta.url))
const AT = 1_795_223_375_000
/** `REFRESH_MS` in seconds, as it ships; progress is told each second. */
const ROUND = 10
const WARM_UP = 10

/** The core alone, fed by the storm of one namespace, each second a batch. */
export const measureHolding = (plan: HoldingPlan): readonly Holding[] =>
  plan.owners.map((owners) => {
    const all = run(owners, plan, ROUND)
    const parts = run(owners, plan, 1)
    return {
      owners,
      joinMs: all.joinMs,
      openMs: all.openMs,
      allMs: all.tellMs,
      partMs: parts.tellMs,
    }
  })

const run = (
  owners: number,
  { recordsPerSecond, seconds }: HoldingPlan,
  everySeconds: number,
): { joinMs: number; openMs: number; tellMs: number } => {
  const shape = { ...STORM, namespaces: 1, ownersPerNamespace: owners, podsPerOwner: 4 }
  const storm = new Storm({ ...shape, recordsPerMessage: recordsPerSecond }, 'c', AT)
  const machine = new NamespaceMachine('c', 'shop-0', new Classifier(loadCatalogue(RULES)))
  const longest = { joinMs: 0, openMs: 0, tellMs: 0 }
  for (let second = 0; second < seconds; second += 1) {
    const at = AT + second * 1000
    const signals = signalsOf(storm.messages(1, at), at)
    const source = { topic: 'otel-logs', partition: 0 }
    const joinMs = cpuOf(() => signals.forEach((signal) => machine.apply(signal, source)))
    const openMs = cpuOf(() => machine.settle(null, [], 0))
    longest.openMs = Math.max(longest.openMs, openMs)
    // Compiled first: what is measured is what goes on.
    if (second >= WARM_UP) longest.joinMs = Math.max(longest.joinMs, joinMs)
    if (second % everySeconds !== everySeconds - 1) continue
    const most = Math.ceil((machine.waiting * everySeconds) / ROUND)
    const tellMs = cpuOf(() => machine.settle(null, [], most))
    if (second >= 2 * WARM_UP) longest.tellMs = Math.max(longest.tellMs, tellMs)
  }
  return longest
}

const cpuOf = (work: () => unknown): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const signalsOf = (messages: readonly Uint8Array[], kafkaAt: number): Signal[] =>
  messages.flatMap((bytes) =>
    decodeLogs(bytes).records.flatMap((record) => {
      const read = fromLogRecord(record, { offset: 0, kafkaAt })
      return read.ok && 'signal' in read ? [read.signal] : []
    }),
  )
