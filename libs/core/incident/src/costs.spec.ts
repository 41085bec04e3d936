import { expect, test } from 'vitest'
import { effectsOf } from './effects.ts'
import { incidentsOf } from './incidents.ts'
import { aContext, T0 } from './testing.ts'

const at = (offset: number) => ({ version: { epoch: 1, offset } })
const paid = (perHour: number) => ({
  cost: {
    source: 'opencost',
    perHour,
    terms: {},
    from: T0,
    to: T0 + perHour,
    evidence: `e${perHour}`,
  },
  evidence: [
    { id: `e${perHour}`, kind: 'state' as const, text: `costs ${perHour}`, at: T0, records: [] },
  ],
})

test('what its owner costs now makes no revision; that it costs something does, and is told with the next', () => {
  const known = incidentsOf(aContext())
  const [first] = effectsOf(aContext({ ...at(2), ...paid(1) }), known)
  expect(first).toMatchObject({
    incident: { revision: 2, context: { cost: { perHour: 1 } } },
    events: [],
  })
  const now = incidentsOf(aContext({ ...at(2), ...paid(1) }), known)
  expect(effectsOf(aContext({ ...at(3), ...paid(2) }), now)).toEqual([])
  expect(effectsOf(aContext({ ...at(3), ...paid(2), occurrenceCount: 6 }), now)).toMatchObject([
    { incident: { revision: 3, context: { cost: { perHour: 2 } } } },
  ])
})
