import type { MetricRule } from '@kubesift/contracts'
import { guard, type At } from '../kube-event.ts'
import { compact, cut, str } from '../pick.ts'
import { redact } from '../redact.ts'
import { aboutOf, type About } from './about.ts'
import { attributeOf, looksAt, metricsRead, watchesOf, type Watch } from './conditions.ts'
import type { MetricPoint, MetricRecord } from './metric-record.ts'

/** What one point says of one rule. */
export interface Sample {
  readonly rule: MetricRule
  /** Names rule and thing. */
  readonly key: string
  readonly about: About
  readonly at: number
  /** Whether it is beyond the threshold; of a value that has to rise, the value. */
  readonly breach:
    boolean | { readonly value: number; readonly by: number; readonly within: number }
  readonly message: string
}

export type Sampled =
  { readonly ok: true; readonly sample: Sample } | { readonly ok: false; readonly why: string }

/** The value of another metric of the same thing in the same request; undefined where there is not exactly that. */
type Others = (record: MetricRecord, name: string) => number | undefined

const numberText = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))

/** What was measured, in words. Texts of the other end are cut and redacted: they may hold anything. */
const messageOf = (record: MetricRecord, point: MetricPoint, than: string): string => {
  const { attributes } = point
  const status = attributeOf(attributes, 'http.status_code')
  const error = str(attributes, 'error.message', 400)
  if (record.name === 'httpcheck.error')
    return cut(redact(`the check failed: ${error ?? 'without a message'}`), 400)
  if (record.name === 'httpcheck.status')
    return `the check was answered with ${status ?? attributeOf(attributes, 'http.status_class') ?? 'nothing'}`
  return `${record.name} is ${numberText(point.value ?? 0)}${than}`
}

const compared = (
  { condition, holds, else: otherwise }: Watch,
  record: MetricRecord,
  value: number,
  others: Others,
): { readonly breach: Sample['breach'] | undefined; readonly than: string } => {
  const { atLeast, below, times = 1, is, rises } = condition
  if (rises !== undefined)
    return { breach: { value, by: rises.by, within: rises.within }, than: '' }
  if (atLeast !== undefined) {
    const than = otherwise === undefined ? '' : ` (threshold ${numberText(atLeast)})`
    return { breach: value >= atLeast ? holds : otherwise, than }
  }
  if (is !== undefined) return { breach: is.includes(value) ? holds : otherwise, than: '' }
  const limit = typeof below === 'string' ? others(record, below) : below
  // Who compares with what did not come along says nothing.
  if (limit === undefined) return { breach: undefined, than: '' }
  const least = times === 1 ? '' : `, less than ${numberText(times * 100)} % is too little`
  const than = ` of ${numberText(limit)}${least}`
  return { breach: value < limit * times ? holds : otherwise, than }
}

/** The metrics of one request by the thing that they are of. */
const othersOf = (records: readonly MetricRecord[]): Others => {
  const byResource = Map.groupBy(records, ({ resource }) => resource)
  return (record, name) => {
    const found = byResource.get(record.resource)?.filter((other) => other.name === name) ?? []
    const [other] = found
    const point = found.length === 1 && other?.points.length === 1 ? other.points[0] : undefined
    return point?.value ?? undefined
  }
}

const keyOf = (cluster: string, rule: MetricRule, { involved, container, at }: About): string =>
  JSON.stringify([
    cluster,
    rule.name,
    involved.kind,
    involved.namespace,
    involved.name,
    involved.uid ?? '',
    container ?? '',
    at ?? '',
  ])

/** The section `metrics` of a catalogue, ready to be asked. */
export class MetricWatch {
  /** The metrics whose points have to be read. */
  readonly wanted: ReadonlySet<string>
  readonly #watches: ReadonlyMap<string, readonly Watch[]>

  constructor(rules: readonly MetricRule[]) {
    this.wanted = metricsRead(rules)
    this.#watches = watchesOf(rules)
  }

  /** The metrics of one request, each with what its points say of the rules: nothing for a metric that no rule looks at. */
  samples(
    records: readonly MetricRecord[],
    at: At,
    clusterOf: (record: MetricRecord) => string,
  ): readonly (readonly [MetricRecord, readonly Sampled[]])[] {
    const others = othersOf(records.filter(({ name }) => this.wanted.has(name)))
    return records.map((record) => {
      const watches = this.#watches.get(record.name) ?? []
      if (watches.length === 0) return [record, []]
      if (record.kind === 'other')
        return [record, [{ ok: false, why: `a metric ${record.name} that is no number` }]]
      const cluster = clusterOf(record)
      const sampled = watches.flatMap((watch) =>
        record.points.flatMap((point) => pointSays(watch, { record, point, at, cluster, others })),
      )
      return [record, sampled]
    })
  }
}

interface Asked {
  readonly record: MetricRecord
  readonly point: MetricPoint
  readonly at: At
  readonly cluster: string
  readonly others: Others
}

const pointSays = (watch: Watch, asked: Asked): readonly Sampled[] => {
  const { record, point, at, cluster, others } = asked
  const { value } = point
  if (value === null || Number.isNaN(value) || !looksAt(watch.condition, point, record.resource))
    return []
  const { breach, than } = compared(watch, record, value, others)
  if (breach === undefined) return []
  const about = aboutOf(record.name, record.resource, point.attributes)
  if (about === undefined)
    return [{ ok: false, why: `a point of ${cut(record.name, 100)} that does not say of what` }]
  const told = point.timeMs ?? at.kafkaAt
  if (told === undefined)
    return [{ ok: false, why: `a point of ${cut(record.name, 100)} without any time` }]
  const { rule } = watch
  const sample: Sample = {
    rule,
    key: keyOf(cluster, rule, about),
    about: compact(about),
    at: guard(told, at),
    breach,
    message: messageOf(record, point, than),
  }
  return [{ ok: true, sample }]
}
