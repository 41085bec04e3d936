import { formatInstant } from '@kubesift/core-signal'
import { plain } from './plain.ts'

/** What is shown of a cost; an empty text is one that is not told. */
export interface ShownCost {
  readonly source: string
  readonly currency?: string | undefined
  readonly perHour: number
  readonly terms: Readonly<Record<string, number>>
  readonly from: number | null
  readonly to: number | null
  readonly efficiency?: number | null | undefined
  readonly atLeast?: boolean | undefined
}

const MAX_TERMS = 8
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['USD', '$'],
  ['EUR', '€'],
  ['GBP', '£'],
])

/** Two digits behind the point, and as many more as it takes to say anything at all. */
const amount = (cost: number): string =>
  cost >= 1e9 || cost < 0
    ? String(cost)
    : cost >= 0.01 || cost === 0
      ? cost.toFixed(2)
      : String(Number(cost.toPrecision(2)))

const price = (cost: number, currency: string): string => {
  const symbol = SYMBOLS.get(currency)
  if (symbol !== undefined) return `${symbol}${amount(cost)}/h`
  return currency === '' ? `${amount(cost)}/h` : `${amount(cost)} ${plain(currency, 8)}/h`
}

/** `loadBalancer` → `load balancer`. */
const words = (term: string): string =>
  plain(term, 24).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const window = (from: number | null, to: number | null): string[] => {
  if (from === null || to === null) return []
  const [begin, end] = [from, to].map((at) => formatInstant(at).slice(0, 16).split('T'))
  const [day = '', clock = ''] = begin ?? []
  const [lastDay = '', lastClock = ''] = end ?? []
  return [`${day} ${clock}–${lastDay === day ? '' : `${lastDay} `}${lastClock}`]
}

/** `$1.42/h (cpu 0.90, memory 0.52; efficiency 31 %), 2026-11-21 01:00–02:00, OpenCost`: times in UTC. */
export const costText = (cost: ShownCost): string => {
  const terms = Object.entries(cost.terms)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MAX_TERMS)
    .map(([term, each]) => `${words(term)} ${amount(each)}`)
    .join(', ')
  const { efficiency } = cost
  const used =
    efficiency === undefined || efficiency === null
      ? ''
      : `efficiency ${Math.round(efficiency * 100)} %`
  const more = [terms, used].filter((part) => part !== '').join('; ')
  const source = cost.source === 'opencost' ? 'OpenCost' : plain(cost.source, 40)
  return [
    `${cost.atLeast === true ? 'at least ' : ''}${price(cost.perHour, cost.currency ?? '')}${more === '' ? '' : ` (${more})`}`,
    ...window(cost.from, cost.to),
    source,
  ].join(', ')
}
