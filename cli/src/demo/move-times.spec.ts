import { describe, expect, it } from 'vitest'
import { moveTimes } from './move-times.ts'

const HOUR = 3_600_000
const around = Date.UTC(2026, 10, 21, 1, 8)
const moved = (text: string, delta = HOUR): string => moveTimes(text, delta, around)

describe('moveTimes', () => {
  it.each([
    ['RFC 3339', '"2026-11-21T01:08:50Z"', '"2026-11-21T02:08:50Z"'],
    [
      'with a fraction, kept as written',
      '2026-11-21T01:08:50.514000Z',
      '2026-11-21T02:08:50.514000Z',
    ],
    ['with an offset, kept as written', '2026-11-21T23:08:50+02:00', '2026-11-22T00:08:50+02:00'],
    ["Go's notation", '"2026-11-21 01:07:58 +0000 UTC"', '"2026-11-21 02:07:58 +0000 UTC"'],
    [
      "Go's notation with a fraction",
      '2026-11-21 01:07:58.123456 +0000 UTC',
      '2026-11-21 02:07:58.123456 +0000 UTC',
    ],
    [
      'nanoseconds',
      '{"timeUnixNano":"1795223278000000001"}',
      '{"timeUnixNano":"1795226878000000001"}',
    ],
    [
      'observed nanoseconds',
      '{"observedTimeUnixNano":"1795223274910040319"}',
      '{"observedTimeUnixNano":"1795226874910040319"}',
    ],
    ["the end of an event's name", 'checkout.18e9ea0f83ce2ba7', 'checkout.18e9ed55b486cba7'],
    ["a job's scheduled minute", 'nightly-29920389-abcde', 'nightly-29920449-abcde'],
  ])('moves %s', (_, text, expected) => {
    expect(moved(text)).toBe(expected)
  })

  it.each([
    ['the zero time of Go', '0001-01-01T00:00:00Z'],
    ['a number that is none', '"intValue":"1795223278000000000"'],
    ['another hex number', 'x.0123456789abcdef'],
    ['another eight digits', 'report-12345678'],
    ['a version', 'v1.34.4+k3s1'],
  ])('leaves %s', (_, text) => {
    expect(moved(text)).toBe(text)
  })

  it('moves back and forth without loss', () => {
    const text =
      '2026-11-21T01:08:50.514Z 2026-11-21 01:07:58.5 +0000 UTC checkout.18e9ea0f83ce2ba7 nightly-29920389 "timeUnixNano":"1795223278000000001"'
    expect(
      moveTimes(moveTimes(text, 777 * 60_000, around), -777 * 60_000, around + 777 * 60_000),
    ).toBe(text)
  })

  it('refuses parts of a minute, since names count in minutes', () => {
    expect(() => moved('x', 1)).toThrow(RangeError)
  })
})
