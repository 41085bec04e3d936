import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { paintFor } from '../render/paint.ts'
import { triageReport } from './report.ts'
import { event, list, of, pathOf, run } from './testing.ts'

const window = { start: '2026-11-21T00:00:00Z', end: '2026-11-21T01:00:00Z' }
const answer = JSON.stringify({
  code: 200,
  data: [
    {
      'shop/deployment/checkout': {
        name: 'shop/deployment/checkout',
        properties: { namespace: 'shop', controller: 'checkout', controllerKind: 'deployment' },
        window,
        cpuCost: 0.9,
        ramCost: 0.52,
        totalCost: 1.42,
        totalEfficiency: 0.31,
      },
      __idle__: { name: '__idle__', properties: {}, window, cpuCost: 9, totalCost: 9 },
    },
  ],
})
const events = of('events.json', list(event('a')))
const options = {
  columns: 120,
  paint: paintFor({ stdout: {}, env: {} }),
  now: undefined,
  all: false,
}

test('an answer of OpenCost beside the dump tells what the owner in trouble costs, and nothing else', async () => {
  const bare = await run([events])
  const output = await run([events, of('costs.json', answer)])
  const [incident] = output.incidents
  expect(incident).toMatchObject({
    resourceName: 'checkout',
    cost: {
      source: 'opencost',
      perHour: 1.42,
      terms: { cpu: 0.9, memory: 0.52 },
      efficiency: 0.31,
      from: window.start,
      to: window.end,
    },
  })
  const { cost: _, ...rest } = incident!
  expect([rest]).toEqual(bare.incidents)
  expect(output.stats).toMatchObject({ others: 1, skipped: 1, rejected: 0 })
  expect(triageReport(output, options).join('\n')).toContain(
    'costs: 1.42/h (cpu 0.90, memory 0.52; efficiency 31 %), 2026-11-21 00:00–01:00, OpenCost',
  )
})

test('costs alone are read, and are no incident', async () => {
  const fixture = pathOf('libs/core/signal/fixtures/opencost-allocation.json')
  const output = await run([of('costs.json', readFileSync(fixture))])
  expect(output.incidents).toEqual([])
  expect(output.stats).toMatchObject({ records: 9, others: 5, skipped: 3, rejected: 1 })
  expect(triageReport(output, options)[0]).toMatch(/^No incidents/)
})
