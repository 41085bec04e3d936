import { describe, expect, test } from 'vitest'
import { distanceWords } from './duration-words.ts'

describe('how far a change lies from the first symptom', () => {
  test('is told between the seconds in which both are shown', () => {
    expect(distanceWords({ at: 35_950, distanceMs: 3_050 })).toBe('4 seconds before')
    expect(distanceWords({ at: 35_950, distanceMs: 40 })).toBe('less than a second before')
    expect(distanceWords({ at: 42_000, distanceMs: -3_000 })).toBe('3 seconds after')
  })

  test('is the same where the distance came in whole milliseconds', () => {
    const exact = { at: 35_400.7, distanceMs: 3_599.3 }
    expect(distanceWords(exact)).toBe('4 seconds before')
    expect(distanceWords({ ...exact, distanceMs: Math.round(exact.distanceMs) })).toBe(
      '4 seconds before',
    )
  })
})
