import { expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'
import { webhookSecretFault, webhookUrlFault } from './settings.ts'

it.each([
  [null, undefined],
  ['', undefined],
  ['0', 0],
  ['120', 120_000],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['99999999999', undefined],
  ['Sat, 21 Nov 2026 01:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 00:00:00 GMT', 0],
])('Retry-After %s is %s', (header, ms) => {
  expect(retryAfterMs(header, Date.parse('2026-11-21T01:00:00Z'))).toBe(ms)
})

it.each([
  ['http://127.0.0.1:8080/hook', true],
  ['https://example.test/a?b=c', true],
  ['ftp://example.test', false],
  ['example.test/hook', false],
  ['https://user:pass@example.test', false],
])('%s is a webhook URL: %s', (url, good) => {
  expect(webhookUrlFault(url) === undefined).toBe(good)
})

it.each([
  [`whsec_${Buffer.alloc(32, 1).toString('base64')}`, true],
  [Buffer.alloc(32, 1).toString('base64'), false],
  ['whsec_short', false],
  ['whsec_!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!', false],
])('%s is a secret: %s', (secret, good) => {
  expect(webhookSecretFault(secret) === undefined).toBe(good)
})
