import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readsOf } from './add-ons.spec-helper.ts'
import { allocationParts } from './allocation-parts.ts'
import { answer, row } from './allocations.spec-helper.ts'
import { isAllocation } from './allocations.ts'
import type { Json } from './pick.ts'

const parsed = (text: string): Json => JSON.parse(text) as Json
const sorted = (bodies: readonly unknown[]): string[] =>
  bodies
    .flatMap(readsOf)
    .map((read) => JSON.stringify(read))
    .sort()

const aRow = fc
  .record({
    namespace: fc.constantFrom('shop', 'data', 'ä', '__proto__', '', undefined),
    controller: fc.constantFrom('web', 'api', undefined),
    pod: fc.constantFrom('web-0', undefined),
    cost: fc.constantFrom(1, 0.5, 'NaN', null),
    hours: fc.constantFrom(1, 2),
  })
  .map(({ namespace, controller, pod, cost, hours }) =>
    row(
      {
        totalCost: cost,
        window: { start: '2026-11-21T00:00:00Z', end: `2026-11-21T0${hours}:00:00Z` },
        labels: 'x'.repeat(200),
      },
      { namespace, controller, pod, labels: { app: 'web' } },
    ),
  )

test('an answer in parts says what it says whole: no thing is torn apart, and none is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.oneof(aRow, fc.constant('odd')), { maxLength: 12 }), { maxLength: 3 }),
      (sets) => {
        const rows = sets.map((set) => Object.fromEntries(set.map((each, i) => [`r${i}`, each])))
        const body = { code: 200, data: [...rows, { r: row() }] }
        const parts = allocationParts(body, 40_000)
        expect(parts?.every((part) => isAllocation(parsed(part)))).toBe(true)
        expect(parts?.every((part) => Buffer.byteLength(part) <= 40_000)).toBe(true)
        expect(sorted(parts?.map(parsed) ?? [])).toEqual(sorted([body]))
      },
    ),
  )
})

test('what is not read of a row is left behind', () => {
  const [part = ''] = allocationParts(answer(row({ pvs: { secret: 1 } })) as Json, 40_000) ?? []
  expect(part).not.toContain('secret')
  expect(part).not.toContain('labels')
})

test('many namespaces are many parts; one that is too large alone has none', () => {
  const many = Array.from({ length: 300 }, (_, i) =>
    row({}, { namespace: `n${i % 100}`, controller: `c${i}` }),
  )
  const parts = allocationParts(answer(...many) as Json, 30_000) ?? []
  expect(parts.length).toBeGreaterThan(4)
  expect(sorted(parts.map(parsed))).toEqual(sorted([answer(...many)]))
  const one = many.map((_, i) => row({}, { namespace: 'n', controller: `c${i}` }))
  expect(allocationParts(answer(...one) as Json, 30_000)).toBeUndefined()
})
