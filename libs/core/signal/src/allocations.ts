import type { Allocation, ObjectRef } from '@kubesift/contracts'
import { guard, type At } from './kube-event.ts'
import { asRecord, compact, str, sub, time, type Json } from './pick.ts'
import type { ReadOne } from './read.ts'

/** So many rows of one answer are read: more than a message of 1 MB has room for. */
const MAX_ROWS = 5_000
/** Nobody pays so much for a thing; what says so is no answer of OpenCost. */
const MAX_COST = 1e9
const MAX_EFFICIENCY = 1e6
const MAX_WINDOW_MS = 400 * 24 * 3_600_000
const MINUTE = 60_000

const own = (from: Json, key: string): unknown => (Object.hasOwn(from, key) ? from[key] : undefined)

const isRow = (value: unknown): boolean => {
  const row = asRecord(value)
  return (
    row !== undefined &&
    asRecord(own(row, 'window')) !== undefined &&
    ['totalCost', 'cpuCost'].some((key) => Object.hasOwn(row, key))
  )
}

/** Besides `data`: what an answer without rows has. */
const ENVELOPE: ReadonlySet<string> = new Set(['code', 'status', 'data', 'message', 'warning'])

const isSet = (value: unknown): boolean =>
  value === null || (asRecord(value) !== undefined && Object.keys(value as Json).length === 0)

/**
 * True for an answer of OpenCost's `/allocation` and `/allocation/compute`: sets of rows, one for each step of the window that was asked
 * for. Its errors, its summaries and its assets are none.
 */
export const isAllocation = (body: Json): boolean => {
  const data = own(body, 'data')
  if (!Array.isArray(data) || typeof own(body, 'code') !== 'number') return false
  if (Object.hasOwn(body, 'metadata')) return false
  const sets = data as readonly unknown[]
  if (sets.every(isSet))
    return own(body, 'code') === 200 && Object.keys(body).every((key) => ENVELOPE.has(key))
  const rows = sets.flatMap((set) =>
    asRecord(set) === undefined ? [] : Object.values(set as Json),
  )
  return sets.every((set) => set === null || asRecord(set) !== undefined) && rows.some(isRow)
}

/** What OpenCost calls the part of a cost that is no workload's. */
const NOBODY: ReadonlySet<string> = new Set(
  ['idle', 'unallocated', 'unmounted', 'shared', 'external'].map((name) => `__${name}__`),
)

const KINDS: ReadonlyMap<string, string> = new Map(
  [
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'ReplicaSet',
    'ReplicationController',
    'Job',
    'CronJob',
    'Rollout',
    'DeploymentConfig',
  ].map((kind) => [kind.toLowerCase(), kind]),
)

const NAME = /^[a-z0-9](?:[a-z0-9.:-]{0,251}[a-z0-9])?$/i
const KIND = /^[A-Za-z][A-Za-z0-9]{0,62}$/

/** Why a row is no cost of anybody. */
class Refused extends Error {}

const refuse = (why: string): never => {
  throw new Refused(`a row of costs ${why}`)
}

const nameIn = (properties: Json, key: string): string | undefined => {
  const value = own(properties, key)
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' && (NAME.test(value) || NOBODY.has(value))
    ? value
    : refuse(`whose ${key} is no name of Kubernetes`)
}

/**
 * Whose a row is; undefined: nobody's. Its properties are what all that is in it has in common, so a row by labels may be part of a
 * namespace: of the namespace itself is only one that has its name.
 */
const ownerIn = (row: Json): ObjectRef | undefined => {
  const properties = sub(row, 'properties')
  const [namespace, controller, pod, container] = [
    'namespace',
    'controller',
    'pod',
    'container',
  ].map((key) => nameIn(properties, key))
  const parts = (str(row, 'name', 1_024) ?? '').split('/')
  if ([...parts, namespace, controller, pod, container].some((name) => NOBODY.has(name ?? '')))
    return undefined
  if (namespace === undefined) return refuse('that names no namespace')
  const kind = str(properties, 'controllerKind', 64)
  // A static pod, which a Node controls, is its own owner.
  if (controller !== undefined && kind !== undefined && kind.toLowerCase() !== 'node') {
    if (!KIND.test(kind)) return refuse('whose controllerKind is no kind of Kubernetes')
    return { kind: KINDS.get(kind.toLowerCase()) ?? kind, namespace, name: controller }
  }
  if (pod !== undefined) return { kind: 'Pod', namespace, name: pod }
  return parts.at(-1) === namespace
    ? { kind: 'Namespace', namespace, name: namespace }
    : refuse('that names neither controller nor pod')
}

/** A number, or undefined where OpenCost had none (it writes NaN as null). */
const numberIn = (row: Json, key: string): number | undefined => {
  const value = own(row, key)
  if (value === undefined || value === null) return undefined
  return typeof value === 'number' && Math.abs(value) <= MAX_COST
    ? value
    : refuse(`whose ${key} is no number that can be`)
}

/** Ours → theirs, which `…Adjustment` corrects by what was billed. */
const TERMS: readonly (readonly [term: string, key: string])[] = [
  ['cpu', 'cpuCost'],
  ['memory', 'ramCost'],
  ['gpu', 'gpuCost'],
  ['storage', 'pvCost'],
  ['network', 'networkCost'],
  ['loadBalancer', 'loadBalancerCost'],
  ['shared', 'sharedCost'],
  ['external', 'externalCost'],
]

/** What is read of a row besides its totals. */
export const COST_KEYS: readonly string[] = TERMS.flatMap(([, key]) => [key, `${key}Adjustment`])

/** OpenCost rounds to five digits; one more keeps sums exact. */
const rounded = (cost: number): number => Math.round(cost * 1e6) / 1e6

const costsIn = (row: Json): Pick<Allocation, 'total' | 'terms'> => {
  const terms: [string, number][] = []
  for (const [term, key] of TERMS) {
    const cost = rounded((numberIn(row, key) ?? 0) + (numberIn(row, `${key}Adjustment`) ?? 0))
    if (cost < 0) refuse(`whose ${key} is negative`)
    if (cost > 0) terms.push([term, cost])
  }
  const said = numberIn(row, 'totalCost')
  if (said === undefined && TERMS.every(([, key]) => numberIn(row, key) === undefined))
    refuse('without a cost')
  const total = rounded(said ?? terms.reduce((sum, [, cost]) => sum + cost, 0))
  if (total < 0) refuse('whose totalCost is negative')
  return { total, terms: Object.fromEntries(terms) }
}

const efficiencyIn = (row: Json): number | undefined => {
  const efficiency = numberIn(row, 'totalEfficiency')
  if (efficiency !== undefined && (efficiency < 0 || efficiency > MAX_EFFICIENCY))
    refuse('whose totalEfficiency cannot be')
  return efficiency
}

/** The window, as far as it was over when it was told. */
const windowIn = (row: Json, toldAt: number | undefined): { from: number; to: number } => {
  const window = sub(row, 'window')
  const from = time(window, 'start') ?? time(row, 'start')
  const end = time(window, 'end') ?? time(row, 'end')
  if (from === undefined || end === undefined) return refuse('that names no window')
  const to = Math.min(end, toldAt ?? time(row, 'end') ?? end)
  if (to - from < MINUTE || to - from > MAX_WINDOW_MS) return refuse('whose window cannot be')
  return { from, to }
}

/** What share was used is weighed by what it is a share of. */
const weightOf = ({ terms }: Pick<Allocation, 'terms'>): number =>
  (terms['cpu'] ?? 0) + (terms['memory'] ?? 0) + (terms['gpu'] ?? 0)

/**
 * What several allocations of one window, of which none is part of another, come to. Money is summed; the efficiency is that of what has
 * one, weighed by what was paid for processors and memory.
 */
export const allocationSum = (
  parts: readonly Allocation[],
): Pick<Allocation, 'total' | 'terms'> & { readonly efficiency: number | undefined } => {
  const terms = new Map<string, number>()
  for (const part of parts)
    for (const [term, cost] of Object.entries(part.terms))
      terms.set(term, (terms.get(term) ?? 0) + cost)
  const told = parts.filter(({ efficiency }) => efficiency !== undefined)
  const weight = told.reduce((sum, part) => sum + weightOf(part), 0)
  const used = told.reduce((sum, part) => sum + (part.efficiency ?? 0) * weightOf(part), 0)
  return {
    total: rounded(parts.reduce((sum, { total }) => sum + total, 0)),
    terms: Object.fromEntries(
      [...terms].sort(([a], [b]) => (a < b ? -1 : 1)).map(([term, cost]) => [term, rounded(cost)]),
    ),
    efficiency: weight > 0 ? rounded(used / weight) : undefined,
  }
}

interface Whose {
  readonly allocation: Allocation
  readonly cluster: string | undefined
}

const readRow = (
  row: Json,
  about: { readonly toldAt: number | undefined; readonly currency: string | undefined },
): Whose | undefined => {
  const involved = ownerIn(row)
  if (involved === undefined) return undefined
  const window = windowIn(row, about.toldAt)
  return {
    cluster: str(sub(row, 'properties'), 'cluster'),
    allocation: compact({
      source: 'opencost',
      involved,
      ...window,
      minutes: numberIn(row, 'minutes'),
      currency: about.currency,
      ...costsIn(row),
      efficiency: efficiencyIn(row),
    }),
  }
}

const identityOf = ({ allocation: { involved, from, to }, cluster }: Whose): string =>
  JSON.stringify([cluster, involved.kind, involved.namespace, involved.name, from, to])

/** A set divides what was paid, so several rows of one thing are parts of its cost. */
const whole = (parts: readonly Whose[]): Whose => {
  const [first] = parts as [Whose]
  if (parts.length === 1) return first
  const allocations = parts.map(({ allocation }) => allocation)
  const { efficiency: _, ...rest } = first.allocation
  const minutes = allocations.flatMap((part) => part.minutes ?? [])
  return {
    ...first,
    allocation: compact({
      ...rest,
      ...allocationSum(allocations),
      minutes: minutes.length === 0 ? undefined : Math.max(...minutes),
    }),
  }
}

const CURRENCY = /^[A-Z]{3}$/

/**
 * The costs in an answer of OpenCost, one for each thing and window: rows of what is nobody's (idle nodes, unmounted volumes) are skipped,
 * those that say what cannot be are refused with a reason. Told when the Collector or the intake saw it; a file has no such time.
 */
export const fromAllocation = (body: Json, at: At, currency?: string): readonly ReadOne[] => {
  const seenAt = at.observedAt ?? at.kafkaAt
  const toldAt = seenAt === undefined ? undefined : guard(seenAt, at)
  const about = {
    toldAt,
    currency: currency !== undefined && CURRENCY.test(currency) ? currency : undefined,
  }
  const sets = (body['data'] as readonly unknown[]).map((set) => Object.values(asRecord(set) ?? {}))
  const reads: ReadOne[] = []
  let left = 0
  let read = 0
  for (const rows of sets) {
    const parts = new Map<string, Whose[]>()
    for (const value of rows) {
      read += 1
      if (read > MAX_ROWS) {
        left += 1
        continue
      }
      const found = tryRow(value, about)
      if (!('allocation' in found)) {
        reads.push(found)
        continue
      }
      const id = identityOf(found)
      parts.set(id, [...(parts.get(id) ?? []), found])
    }
    for (const each of parts.values()) reads.push(told(whole(each), toldAt, at))
  }
  if (left > 0) reads.push({ ok: false, why: `${left} rows of costs beyond the first ${MAX_ROWS}` })
  return read > 0 ? reads : [skipped('an allocation without rows')]
}

const skipped = (why: string): ReadOne => ({ ok: true, skipped: why, source: 'opencost' })

const tryRow = (value: unknown, about: Parameters<typeof readRow>[1]): Whose | ReadOne => {
  const row = asRecord(value)
  if (row === undefined) return { ok: false, why: 'a row of costs that is no object' }
  try {
    return readRow(row, about) ?? skipped('a cost that is no workload’s')
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { ok: false, why: error.message }
  }
}

const told = ({ allocation, cluster }: Whose, toldAt: number | undefined, at: At): ReadOne => ({
  ok: true,
  namespace: allocation.involved.namespace,
  signal: {
    t: 'cost',
    offsets: [at.offset],
    repeats: 1,
    toldAt: toldAt ?? allocation.to,
    allocation,
  },
  ...(cluster === undefined ? {} : { cluster }),
})
