import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fit, fitOwner, pad, padLeft, widthOf, wrap } from './cells.ts'
import { incidentTable, type IncidentRow } from './incident-table.ts'
import { columnsFor, paintFor, tableColumnsFor } from './paint.ts'
import { plain, plainCommand } from './plain.ts'
import { countLegend, countText, shortAge } from './words.ts'

/** What a hostile pod may put into a message. */
const HOSTILE =
  '\u001b[31mred\u001b[0m\u001b]0;title\u0007\r\nnext\u202egnitirw\u0000\u2028x\u200b\u{e0041}'
const DANGEROUS =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{DI}]/u
/** Any UTF-16 at all, halves of pairs included; fast-check's own such strings cost seconds to set up. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units))
const none = paintFor({ stdout: {}, env: {} })

const row = (more: Partial<IncidentRow> = {}): IncidentRow => ({
  severity: 'P1',
  status: 'open',
  since: '3m',
  count: '41',
  owner: 'shop/Deployment/checkout',
  problem: 'CrashLoop',
  why: 'it crashes',
  ...more,
})

describe('plain', () => {
  it('takes the teeth out of text', () => {
    expect(plain(HOSTILE)).toBe('red nextgnitirw x')
  })

  it('leaves nothing that moves a cursor, turns text or hides it, and is bounded', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 80 }), (text, max) => {
        const safe = plain(text, max)
        expect(safe).not.toMatch(DANGEROUS)
        expect(safe.length).toBeLessThanOrEqual(max)
        expect(safe.isWellFormed()).toBe(true)
      }),
    )
  })

  it('is quick about a huge text', () => {
    expect(plain('x'.repeat(20_000_000), 10)).toBe('xxxxxxxxx…')
  })

  it('shows no command that it would have to change', () => {
    expect(plainCommand('kubectl -n a rollout undo deployment/b')).toBe(
      'kubectl -n a rollout undo deployment/b',
    )
    expect(plainCommand('kubectl delete \u202eabc')).toBeUndefined()
    expect(plainCommand('a\nb')).toBeUndefined()
    expect(plainCommand('x'.repeat(5000))).toBeUndefined()
  })
})

describe('cells', () => {
  it('knows how wide text is', () => {
    expect(widthOf('abc')).toBe(3)
    expect(widthOf('日本')).toBe(4)
    expect(widthOf('e\u0301')).toBe(1)
  })

  it('fits, pads and wraps within any width', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const line = plain(text)
        expect(widthOf(fit(line, width))).toBeLessThanOrEqual(width)
        expect(widthOf(pad(line, width))).toBe(width)
        expect(widthOf(padLeft(line, width))).toBe(width)
        for (const part of wrap(line, width)) expect(widthOf(part)).toBeLessThanOrEqual(width)
        expect(wrap(line, width).join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''))
      }),
    )
  })
})

describe('incidentTable', () => {
  it.each([40, 80, 120, 200])('keeps to %i columns whatever the texts are', (columns) => {
    const rows = [
      row(),
      row({ owner: 'x'.repeat(5000), why: HOSTILE.repeat(100), problem: HOSTILE }),
      row({ owner: '日本語'.repeat(40), id: '0123456789abcdef' }),
    ]
    for (const line of incidentTable(rows, { columns, paint: none })) {
      expect(line).not.toMatch(DANGEROUS)
      expect(widthOf(line)).toBeLessThanOrEqual(columns)
    }
  })

  it('puts the reason beside where there is room, and below where there is none', () => {
    const wide = incidentTable([row()], { columns: 140, paint: none })
    expect(wide).toHaveLength(2)
    expect(wide[1]).toMatch(/it crashes$/)
    const narrow = incidentTable([row()], { columns: 80, paint: none })
    expect(narrow).toHaveLength(3)
    expect(narrow[2]).toBe('      it crashes')
  })
})

describe('an owner', () => {
  const long = 'payments-production-europe/Deployment/checkout-service-canary'
  it.each([
    [80, long],
    [45, 'payments-…/Deployment/checkout-service-canary'],
    [39, 'pay…/Deployment/checkout-service-canary'],
    [30, 'pay…/Deployment/c…rvice-canary'],
  ])('gives up its namespace first, then the middle of its name (%i columns)', (width, shown) => {
    expect(fitOwner(long, width)).toBe(shown)
  })

  it('keeps within its width, and its end', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 12, max: 60 }), (text, width) => {
        const shown = fitOwner(`${plain(text)}/Kind/name-1`, width)
        expect(widthOf(shown)).toBeLessThanOrEqual(width)
        expect(shown).toMatch(/-1$/)
      }),
    )
  })
})

describe('a table for 80 columns', () => {
  const wide = {
    id: '01234567',
    count: '38+',
    problem: 'QuotaExceeded',
    status: 'resolved',
    since: '3h12m',
  }
  const table = (rows: IncidentRow[], columns: number) =>
    incidentTable(rows, { columns, paint: none }).join('\n')

  it('tells workloads apart, leaving out the count before that', () => {
    const owners = ['shop-cascade/Deployment/checkout-a', 'shop-cascade/Deployment/checkout-b']
    const text = table(
      owners.map((owner) => row({ ...wide, owner })),
      80,
    )
    for (const owner of owners) expect(text).toContain(owner.slice('shop-cascade'.length))
    expect(text).toMatch(/^ID +SEV +SINCE +STATUS +PROBLEM +OWNER/)
    expect(table([row({ ...wide, owner: 'Node/worker-2' })], 80)).toContain('COUNT')
  })

  it('cuts nothing where there is no limit', () => {
    const owner = `${'n'.repeat(63)}/HorizontalPodAutoscaler/${'o'.repeat(200)}`
    const why = 'because '.repeat(70).trim()
    const cluster = 'c'.repeat(60)
    const text = table([row({ ...wide, owner, why, cluster }), row()], Number.POSITIVE_INFINITY)
    for (const part of [owner, why, cluster]) expect(text).toContain(part)
    expect(text).not.toContain('…')
  })
})

describe('colours', () => {
  it('are for terminals alone, and not for those who refuse them', () => {
    const red = /\u001b\[1;31m/
    expect(paintFor({ stdout: { isTTY: true }, env: {} }).severity('P1', 'x')).toMatch(red)
    expect(paintFor({ stdout: { isTTY: true }, env: { NO_COLOR: '1' } }).severity('P1', 'x')).toBe(
      'x',
    )
    expect(paintFor({ stdout: { isTTY: true }, env: { TERM: 'dumb' } }).severity('P1', 'x')).toBe(
      'x',
    )
    expect(paintFor({ stdout: {}, env: {} }).severity('P1', 'x')).toBe('x')
  })

  it('the width is that of the terminal, else what COLUMNS says, within reason', () => {
    expect(columnsFor({ stdout: { columns: 99 }, env: { COLUMNS: '80' } })).toBe(99)
    expect(columnsFor({ stdout: {}, env: { COLUMNS: '80' } })).toBe(80)
    expect(columnsFor({ stdout: {}, env: {} })).toBe(120)
    expect(columnsFor({ stdout: { columns: 3 }, env: {} })).toBe(40)
    expect(columnsFor({ stdout: {}, env: { COLUMNS: 'x' } })).toBe(120)
  })

  it('a table has no width where nobody names one', () => {
    expect(tableColumnsFor({ stdout: {}, env: {} })).toBe(Number.POSITIVE_INFINITY)
    expect(tableColumnsFor({ stdout: {}, env: { COLUMNS: '80' } })).toBe(80)
    expect(tableColumnsFor({ stdout: { columns: 99 }, env: {} })).toBe(99)
  })
})

describe('words', () => {
  it('tell ages in little room', () => {
    expect([-5, 0, 99_000, 100_000, 3_600_000, 7_320_000, 86_400_000 * 5].map(shortAge)).toEqual([
      '0s',
      '0s',
      '99s',
      '1m',
      '60m',
      '2h2m',
      '5d',
    ])
  })

  it('show how far a count can be trusted, and explain the marks that are used', () => {
    expect(countText(41, 'exact')).toBe('41')
    expect(countText(41, 'aggregated')).toBe('~41')
    expect(countText(41, 'lower_bound')).toBe('41+')
    expect(countLegend(['exact'])).toBeUndefined()
    expect(countLegend(['lower_bound', 'exact'])).toContain('+ at least')
  })
})

it('names the cluster as soon as there are two, so that nobody acts on the wrong one', () => {
  const table = (rows: IncidentRow[]) =>
    incidentTable(rows, { columns: 160, paint: none }).join('\n')
  const east = row({ cluster: 'east' })
  expect(table([east, east])).not.toContain('CLUSTER')
  expect(table([east, row({ cluster: 'west' })])).toMatch(/CLUSTER[\s\S]*east[\s\S]*west/)
})
