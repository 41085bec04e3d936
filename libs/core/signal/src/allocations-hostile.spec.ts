import { describe, expect, test } from 'vitest'
import { readsOf } from './add-ons.spec-helper.ts'
import { answer, only, row, window } from './allocations.spec-helper.ts'
import { isAllocation } from './allocations.ts'

describe('what nobody can have been told', () => {
  const huge = 'x'.repeat(300)
  test.each<[string, object, object?]>([
    ['a negative cost', { cpuCost: -5, totalCost: -5 }],
    ['a total that is negative', { totalCost: -0.01 }],
    ['a cost as text', { cpuCost: '1' }],
    ['NaN as text', { totalCost: 'NaN' }],
    ['more than there is', { totalCost: 1e308 }],
    ['a term that is more', { cpuCost: 1e308, cpuCostAdjustment: 1e308, totalCost: null }],
    ['no cost at all', { cpuCost: null, totalCost: null }],
    ['an efficiency as text', { totalEfficiency: '0.3' }],
    ['a negative efficiency', { totalEfficiency: -1 }],
    ['no window', { window: {}, start: undefined, end: undefined }],
    ['a window that ends before it begins', { window: { start: window.end, end: window.start } }],
    ['a window that has no length', { window: { start: window.start, end: window.start } }],
    [
      'a window in the future',
      { window: { start: '9999-01-01T00:00:00Z', end: '9999-01-02T00:00:00Z' } },
    ],
    ['a window of years', { window: { start: '1990-01-01T00:00:00Z', end: window.end } }],
    ['a name with a control character', {}, { controller: 'web\u001b[31m' }],
    ['a name with a line end', {}, { namespace: 'shop\nx' }],
    ['a name with NUL', {}, { controller: 'web\0' }],
    ['a name with half a character', {}, { controller: 'web\ud800' }],
    ['a name that is too long', {}, { controller: huge }],
    ['a name that is a prototype', {}, { controller: '__proto__' }],
    ['a kind that is none', {}, { controllerKind: 'deploy ment' }],
    ['a name that is no text', {}, { namespace: 7 }],
  ])('%s is unclassified, with its reason', (_, more, properties = {}) => {
    const read = only(row(more, properties))
    expect(read).toMatchObject({ ok: false, why: expect.stringContaining('cost') as string })
    if (!read.ok) expect(read.why).not.toMatch(/[\u0000-\u001f]/)
  })

  test.each([['a text'], [7], [null], [[]]])('a row that is %j is unclassified', (odd) => {
    const reads = readsOf(answer(row(), odd))
    expect(reads.map(({ ok }) => ok)).toEqual([false, true])
  })

  test('names of prototypes are names', () => {
    const text = JSON.stringify(answer()).replace(
      '[{}]',
      `[{"__proto__":${JSON.stringify(row({}, { controller: 'constructor' }))},"constructor":${JSON.stringify(row({}, { controller: 'valueof', namespace: 'tostring' }))}}]`,
    )
    const reads = readsOf(JSON.parse(text))
    expect(reads).toMatchObject([
      { ok: true, signal: { allocation: { involved: { name: 'constructor' } } } },
      { ok: true, namespace: 'tostring' },
    ])
  })

  test('so many rows are read, the rest is counted', () => {
    const rows = Array.from({ length: 5_003 }, (_, i) => row({}, { controller: `web-${i}` }))
    const reads = readsOf(answer(...rows))
    expect(reads).toHaveLength(5_001)
    expect(reads.at(-1)).toMatchObject({
      ok: false,
      why: expect.stringContaining('3 rows') as string,
    })
  })
})

test.each<[string, unknown]>([
  ['an error of OpenCost', { code: 400, message: 'window is missing', data: null }],
  ['assets', { code: 200, data: { 'lab/node': { type: 'Node', cost: 1 } } }],
  ['other rows', { code: 200, data: [{ a: { name: 'a', value: 1 } }] }],
  ['rows of lists', { code: 200, data: [[row()]] }],
  ['no code', { data: [{ a: row() }] }],
  ['an object', { code: 200, data: [{ a: row() }], metadata: { name: 'x' } }],
  ['an empty answer with more to it', { code: 200, data: [], items: [] }],
])('%s is no allocation', (_, body) => {
  expect(isAllocation(body as Readonly<Record<string, unknown>>)).toBe(false)
})
