import type { MetricCondition, MetricRule } from '@kubesift/contracts'
import type { Json } from '../pick.ts'
import type { MetricPoint } from './metric-record.ts'

/** One condition of a rule, found by the metric that it looks at. */
export interface Watch {
  readonly rule: MetricRule
  readonly condition: MetricCondition
  /** What is so where the condition holds, and what where it does not; undefined: then the sample says nothing. */
  readonly holds: boolean
  readonly else: boolean | undefined
}

/** Attributes that receivers have called by two names (HTTP semantic conventions before and after 1.23). */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['http.status_class', 'http.response.status_class'],
  ['http.status_code', 'http.response.status_code'],
  ['http.method', 'http.request.method'],
  ['http.url', 'url.full'],
])

const textOf = (attributes: Json, key: string): string | undefined => {
  const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

/** An attribute under either of its names. */
export const attributeOf = (attributes: Json, key: string): string | undefined =>
  textOf(attributes, key) ?? textOf(attributes, ALIASES.get(key) ?? key)

/** Whether a point is one of those that the condition looks at: by its own attributes, else by those of its resource. */
export const looksAt = (
  { where = {} }: MetricCondition,
  { attributes }: MetricPoint,
  resource: Json,
): boolean =>
  Object.entries(where).every(([key, values]) => {
    const value = attributeOf(attributes, key) ?? attributeOf(resource, key)
    return value !== undefined && values.includes(value)
  })

/** The rules of a catalogue by the metric that they look at, breaches first. */
export const watchesOf = (rules: readonly MetricRule[]): ReadonlyMap<string, readonly Watch[]> => {
  const all = rules.flatMap((rule): Watch[] => {
    const breaches = rule.breach.map((condition): Watch => {
      return { rule, condition, holds: true, else: rule.well === undefined ? false : undefined }
    })
    const wells = (rule.well ?? []).map((condition): Watch => {
      return { rule, condition, holds: false, else: undefined }
    })
    return [...breaches, ...wells]
  })
  return Map.groupBy(all, ({ condition }) => condition.metric)
}

/** The metrics that the rules read, those that others are compared with among them. */
export const metricsRead = (rules: readonly MetricRule[]): ReadonlySet<string> =>
  new Set(
    rules
      .flatMap(({ breach, well = [] }) => [...breach, ...well])
      .flatMap(({ metric, below }) => (typeof below === 'string' ? [metric, below] : [metric])),
  )
