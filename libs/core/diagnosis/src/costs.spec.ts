import type { Context } from '@kubesift/contracts'
import { expect, it } from 'vitest'
import { diagnose } from './diagnose.ts'
import { contextOf, T0 } from './test-kit/build-context.ts'
import { BACKOFF } from './test-kit/rows.ts'
import { shipped } from './test-kit/shipped.ts'

/** A cost whose words would say much, were they read as words of the trouble. */
const paid = (context: Context): Context => ({
  ...context,
  cost: {
    source: 'opencost',
    perHour: 1,
    terms: { memory: 1 },
    from: T0,
    to: T0 + 9_000_000,
    evidence: 'paid',
  },
  evidence: [
    ...context.evidence,
    {
      id: 'paid',
      kind: 'state',
      text: 'opencost: OOMKilled, memory limit, connection refused, configmap "x" not found',
      at: T0 + 9_000_000,
      records: [],
    },
  ],
})

it.each([
  ['a crash', contextOf({ events: [BACKOFF], terminations: [['Error', 1]] })],
  ['a count alone', contextOf({ problem: 'ImagePull', events: ['m'] })],
])('what it costs explains nothing and is no ground of %s', (_, context) => {
  expect(diagnose(paid(context), shipped)).toEqual(diagnose(context, shipped))
})
