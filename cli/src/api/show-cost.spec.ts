import { expect, it } from 'vitest'
import { paintFor } from '../render/paint.ts'
import { apiIncidentJson } from './api-json.ts'
import { showIncident } from './show.ts'
import { incidentSchema } from './wire.ts'

const bare = {
  id: '43437b74-5c1d-85b6-bdd8-e2534613b291',
  key: 'demo/shop/Deployment/checkout/CrashLoop',
  revision: '3',
  episode: 1,
  previousId: '',
  mergedIntoId: '',
  cluster: 'demo',
  namespace: 'shop',
  resourceKind: 'Deployment',
  resourceName: 'checkout',
  problem: 'CrashLoop',
  title: 't',
  severity: 'P1',
  severityTerms: [],
  status: 'OPEN',
  reopenCount: 0,
  occurrenceCount: '4',
  countQuality: 'exact',
  reasons: [],
  group: 'g',
  objects: [],
  objectsTotal: 0,
  changes: [],
  evidence: [],
  notes: [],
  contextVersion: '1.1',
}
const cost = {
  source: 'opencost',
  currency: 'USD',
  perHour: 1.42,
  terms: { cpu: 0.9, memory: 0.52 },
  from: { seconds: '1795222800', nanos: 0 },
  to: { seconds: '1795226400', nanos: 0 },
  efficiency: 0.31,
  atLeast: false,
  evidence: 'c',
}
const shown = (incident: object): string =>
  showIncident(incidentSchema.parse(incident), {
    columns: 200,
    paint: paintFor({ stdout: {}, env: {} }),
    now: 0,
  }).join('\n')

it('incidents show tells what the owner costs, when that was and who says so', () => {
  expect(shown({ ...bare, cost })).toContain(
    '\n  costs    $1.42/h (cpu 0.90, memory 0.52; efficiency 31 %), 2026-11-21 01:00–02:00, OpenCost\n',
  )
  const json = JSON.stringify(apiIncidentJson(incidentSchema.parse({ ...bare, cost })))
  expect(json).toContain('"from":"2026-11-21T01:00:00Z","to":"2026-11-21T02:00:00Z"')
})

it('and nothing where it was not told, or the server is older', () => {
  for (const incident of [bare, { ...bare, cost: null }])
    expect(shown(incident)).not.toContain('costs')
})

it('a cost cannot move the terminal', () => {
  const evil = '\u001b[2J\u202e\r\n'
  const text = shown({
    ...bare,
    cost: { ...cost, source: evil, currency: evil, terms: { [evil]: 1 } },
  })
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
})
