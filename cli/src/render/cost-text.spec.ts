import { describe, expect, it } from 'vitest'
import { costText, type ShownCost } from './cost-text.ts'

const from = Date.parse('2026-11-21T01:00:00Z')
const to = Date.parse('2026-11-21T02:00:00Z')
const cost = (more: Partial<ShownCost> = {}): ShownCost => ({
  source: 'opencost',
  currency: 'USD',
  perHour: 1.42,
  terms: { memory: 0.52, cpu: 0.9 },
  from,
  to,
  efficiency: 0.31,
  ...more,
})

describe('what an owner costs', () => {
  it.each<[string, Partial<ShownCost>, string]>([
    [
      'is a line',
      {},
      '$1.42/h (cpu 0.90, memory 0.52; efficiency 31 %), 2026-11-21 01:00–02:00, OpenCost',
    ],
    [
      'in euros',
      { currency: 'EUR', terms: {}, efficiency: undefined },
      '€1.42/h, 2026-11-21 01:00–02:00, OpenCost',
    ],
    [
      'in another currency',
      { currency: 'CHF', terms: {} },
      '1.42 CHF/h (efficiency 31 %), 2026-11-21 01:00–02:00, OpenCost',
    ],
    [
      'in none that is told',
      { currency: '', terms: { loadBalancer: 1.42 }, efficiency: null },
      '1.42/h (load balancer 1.42), 2026-11-21 01:00–02:00, OpenCost',
    ],
    [
      'may be little',
      { perHour: 0.00123, terms: { cpu: 0.00123 }, efficiency: 1.7 },
      '$0.0012/h (cpu 0.0012; efficiency 170 %), 2026-11-21 01:00–02:00, OpenCost',
    ],
    [
      'may be nothing',
      { perHour: 0, terms: {}, efficiency: 0 },
      '$0.00/h (efficiency 0 %), 2026-11-21 01:00–02:00, OpenCost',
    ],
    [
      'may be more',
      { atLeast: true, terms: {}, efficiency: null },
      'at least $1.42/h, 2026-11-21 01:00–02:00, OpenCost',
    ],
    [
      'of days',
      { from: from - 86_400_000, terms: {}, efficiency: null },
      '$1.42/h, 2026-11-20 01:00–2026-11-21 02:00, OpenCost',
    ],
    [
      'of another tool',
      { source: 'kubecost\u001b[2J', terms: {}, efficiency: null },
      '$1.42/h, 2026-11-21 01:00–02:00, kubecost',
    ],
    [
      'without a window',
      { from: null, to: null, terms: {}, efficiency: null },
      '$1.42/h, OpenCost',
    ],
  ])('%s', (_, more, text) => {
    expect(costText(cost(more))).toBe(text)
  })

  it('names a few terms, whatever is sent', () => {
    const terms = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`t${i}\u202e`, i]))
    const text = costText(cost({ terms, perHour: 1e300, currency: 'X'.repeat(900) }))
    expect(text.length).toBeLessThan(600)
    expect(text).not.toMatch(/[\u0000-\u001f\u202e]/)
  })
})
