import type { MetricRule, MetricSignal } from '@kubesift/contracts'
import type { At } from '../kube-event.ts'
import type { Json } from '../pick.ts'
import { Crossings } from './crossings.ts'
import type { MetricPoint, MetricRecord } from './metric-record.ts'
import { metricSignal, metricSourceOf } from './metric-signal.ts'
import { MetricWatch } from './samples.ts'

export const T0 = Date.UTC(2026, 10, 21, 1)
export const MIN = 60_000

const CONTRIB = 'github.com/open-telemetry/opentelemetry-collector-contrib/receiver/'

export const metric = (
  name: string,
  points: readonly Partial<MetricPoint>[],
  { resource = {}, receiver = '' }: { resource?: Json; receiver?: string } = {},
): MetricRecord => ({
  resource,
  scope: { name: receiver === '' ? '' : CONTRIB + receiver },
  name,
  kind: 'gauge',
  points: points.map((point) => ({ attributes: {}, timeMs: T0, value: null, ...point })),
})

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx']

/** What the httpcheck receiver makes of one check: as its scraper has it, with either generation of attribute names. */
export const check = (
  at: number,
  answer: number | string,
  url = 'http://checkout.shop.svc:8080/healthz',
): MetricRecord[] => {
  const status = typeof answer === 'number' ? answer : 0
  const scope = { receiver: 'httpcheckreceiver' }
  const points = CLASSES.map((http, i) => {
    const isIt = Math.floor(status / 100) === i + 1
    return {
      timeMs: at,
      value: isIt ? 1 : 0,
      attributes: {
        'http.url': url,
        'http.method': 'GET',
        'http.status_class': http,
        ...(isIt ? { 'http.status_code': status } : {}),
      },
    }
  })
  const error = { timeMs: at, value: 1, attributes: { 'http.url': url, 'error.message': answer } }
  return [
    metric(
      'httpcheck.duration',
      [{ timeMs: at, value: 7, attributes: { 'http.url': url } }],
      scope,
    ),
    ...(typeof answer === 'string' ? [metric('httpcheck.error', [error], scope)] : []),
    metric('httpcheck.status', points, scope),
  ]
}

/** A reader of requests, as `normalise` is one. */
export class Reader {
  readonly crossings = new Crossings()
  readonly #watch: MetricWatch
  #offset = 0

  constructor(rules: readonly MetricRule[]) {
    this.#watch = new MetricWatch(rules)
  }

  /** What a request makes it tell: signals, and why something could not be read. */
  read(records: readonly MetricRecord[], kafkaAt?: number): (MetricSignal | string)[] {
    const at: At = { offset: this.#offset++, ...(kafkaAt === undefined ? {} : { kafkaAt }) }
    const told: (MetricSignal | string)[] = []
    for (const [record, sampled] of this.#watch.samples(records, at, () => 'c'))
      for (const one of sampled) {
        if (!one.ok) {
          told.push(one.why)
          continue
        }
        const source = metricSourceOf(record)
        for (const crossing of this.crossings.take(one.sample))
          told.push(metricSignal(one.sample, crossing, { source, at }))
      }
    return told
  }
}
