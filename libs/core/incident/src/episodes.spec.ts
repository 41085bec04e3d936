import { describe, expect, test } from 'vitest'
import { episodesOf, REOPEN_WINDOW_MS } from './episodes.ts'
import { aContext, aSpell, T0 } from './testing.ts'

const WINDOW_MIN = REOPEN_WINDOW_MS / 60_000

describe('episodes', () => {
  test('a stretch that never opened is no episode', () => {
    expect(episodesOf(aContext({ spells: [aSpell(0, 1, undefined, { openedAt: null })] }))).toEqual(
      [],
    )
  })

  test.each([
    ['just within the window', WINDOW_MIN, 1],
    ['one minute past it', WINDOW_MIN + 1, 2],
  ])('an occurrence %s after a recovery', (_, gap, episodes) => {
    const spells = [aSpell(0, 4, 10), aSpell(10 + gap, 12 + gap)]
    const found = episodesOf(aContext({ spells }))
    expect(found).toHaveLength(episodes)
    expect(found.at(-1)?.reopenCount).toBe(episodes === 1 ? 1 : 0)
    expect(found.at(-1)?.recovery).toBeNull()
  })

  test('one episode shows the total, late records included', () => {
    const [only] = episodesOf(aContext({ spells: [aSpell(0, 4, 10)], occurrenceCount: 9 }))
    expect(only).toMatchObject({ occurrenceCount: 9, firstSeenAt: T0, openedAt: T0 })
  })

  test('each episode counts its own interval, and a stretch that never opened counts to none', () => {
    const blip = aSpell(20, 21, 22, { openedAt: null })
    const spells = [aSpell(0, 4, 10), blip, aSpell(100, 102)]
    expect(episodesOf(aContext({ spells })).map((e) => e.occurrenceCount)).toEqual([5, 3])
  })
})
