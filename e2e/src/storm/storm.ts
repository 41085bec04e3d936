import type { Truth } from '@kubesift/core-evaluation'
import type { Cluster, ClusterShape } from './cluster.ts'
import type { Recount } from '../recount.ts'
import type { Said } from './records.ts'
import { config, crash, image, nodeDown, rollOut } from './faults.ts'
import { MINUTE, Script, SECOND, STORM_START } from './script.ts'

export interface StormShape extends ClusterShape {
  readonly seed: number
  /** How many of each are tried; one that finds no place left is left out. */
  readonly crashes: number
  readonly images: number
  readonly configs: number
  readonly nodesDown: number
  /** Roll-outs with which nothing is wrong. */
  readonly rollOuts: number
}

export interface LabelledStorm {
  /** In the order in which it happened. */
  readonly said: readonly Said[]
  readonly truth: Truth
  /** Per owner, reason and type: what was counted while it was said. */
  readonly counts: readonly Recount[]
  /** The cluster's word of the time goes on until then: everything has recovered, and every window has passed. */
  readonly end: number
}

interface Counting {
  readonly key: string
  readonly uids: Set<string>
  count: number
  from: number
  to: number
}

/** Sums of the highest counts of the recorders, as whoever told them knows. */
const countsOf = ({ said, ownerOfPod }: Cluster): Recount[] => {
  const recorded = new Map<string, Counting>()
  for (const s of said) {
    if (s.t !== 'event') continue
    const { kind, namespace, name, uid } = s.involved
    const owner = ownerOfPod.get(uid) ?? `${namespace}/${kind}/${name}`
    const from = Math.floor(s.created / 1000) * 1000
    const to = Math.floor(s.at / 1000) * 1000
    const series = `${namespace}/${s.name}`
    const known = recorded.get(series)
    if (known === undefined) {
      const key = JSON.stringify([owner, s.reason, s.type])
      recorded.set(series, { key, uids: new Set([s.uid]), count: s.count, from, to })
      continue
    }
    known.uids.add(s.uid)
    known.count = Math.max(known.count, s.count)
    known.from = Math.min(known.from, from)
    known.to = Math.max(known.to, to)
  }
  return [...Map.groupBy(recorded.values(), ({ key }) => key)].map(([key, events]) => {
    const [owner, reason, type] = JSON.parse(key) as [string, string, string]
    return {
      owner,
      reason,
      type,
      sum: events.reduce((sum, { count }) => sum + count, 0),
      uids: events.reduce((sum, { uids }) => sum + uids.size, 0),
      firstAt: Math.min(...events.map((e) => e.from)),
      lastAt: Math.max(...events.map((e) => e.to)),
    }
  })
}

/** A storm of any size, with what happened in it. */
export const labelledStorm = (shape: StormShape): LabelledStorm => {
  const script = new Script(shape)
  let at = STORM_START + 5 * MINUTE
  // A node takes pods of anybody: it goes alone, long before and after the others.
  for (let i = 0; i < shape.nodesDown; i += 1, at += 40 * MINUTE) nodeDown(script, at)
  const begin = (): number => at + (script.groups.length * 37 + script.benign.length * 11) * SECOND
  for (let i = 0; i < shape.crashes; i += 1) crash(script, begin(), (4 + (i % 5)) * MINUTE)
  for (let i = 0; i < shape.images; i += 1) image(script, begin(), (3 + (i % 4)) * MINUTE)
  for (let i = 0; i < shape.configs; i += 1) config(script, begin(), (4 + (i % 3)) * MINUTE)
  for (let i = 0; i < shape.rollOuts; i += 1) rollOut(script, begin())
  const end = script.play()
  const { said } = script.cluster
  return {
    said: said.toSorted((a, b) => a.at - b.at),
    end,
    counts: countsOf(script.cluster),
    truth: {
      scenario: `storm-${shape.seed}`,
      start: new Date(STORM_START).toISOString(),
      end: new Date(end).toISOString(),
      expected: {
        groups: script.groups,
        benign: script.benign,
        ignore: [],
        no_incident_at_all: false,
        no_data: false,
        event_counts: [],
        notes: [],
      },
    },
  }
}
