import { describe, expect, it } from 'vitest'
import type { Found } from './found.ts'
import { pagesOf } from './pages.ts'
import { found } from './testing.ts'

const settleMs = (severity: string): number => (severity === 'P1' ? 10 : 30)

const told = (
  name: string,
  openedAt: number,
  more: Partial<Found> & { endedAt?: number; primary?: boolean } = {},
): Found => {
  const { endedAt = null, primary = true, ...rest } = more
  return found(name, { ...rest, told: { primary, openedAt, endedAt } })
}

describe('the pages that incidents would cause', () => {
  it('are one per group, by its primary, at the first opening', () => {
    const members = [
      told('frontend', 100, { group: 'g', primary: false }),
      told('payments', 140, { group: 'g', severity: 'P1' }),
      told('apart', 90),
    ]
    expect(pagesOf(members, settleMs)).toEqual([
      { at: 90, severity: 'P2', incident: 'apart', alsoHit: [] },
      { at: 100, severity: 'P1', incident: 'payments', alsoHit: ['frontend'] },
    ])
  })

  it('leave out what was over before its settle time, which is shorter for a P1', () => {
    expect(pagesOf([told('blink', 0, { endedAt: 29 })], settleMs)).toEqual([])
    expect(pagesOf([told('blink', 0, { endedAt: 30 })], settleMs)).toHaveLength(1)
    expect(pagesOf([told('blink', 0, { endedAt: 10, severity: 'P1' })], settleMs)).toHaveLength(1)
  })

  it('count a group as lasting while any member does', () => {
    const members = [
      told('a', 0, { group: 'g', endedAt: 5 }),
      told('b', 2, { group: 'g', primary: false }),
    ]
    expect(pagesOf(members, settleMs)).toMatchObject([{ incident: 'a', alsoHit: ['b'] }])
  })

  it('are none for what was merged, and none where nothing is known of times', () => {
    expect(pagesOf([told('moved', 0, { status: 'merged' }), found('baseline')], settleMs)).toEqual(
      [],
    )
  })
})
