import { describe, expect, it } from 'vitest'
import { diagnose } from './diagnose.ts'
import { contextOf } from './test-kit/build-context.ts'
import { crashes, memory } from './test-kit/crash-rows.ts'
import { images, probes } from './test-kit/image-and-probe-rows.ts'
import { config, others } from './test-kit/other-rows.ts'
import { platform } from './test-kit/platform-rows.ts'
import { rollbacks } from './test-kit/rollback-rows.ts'
import { BACKOFF, created, rollout } from './test-kit/rows.ts'
import { scheduling } from './test-kit/scheduling-rows.ts'
import { shipped } from './test-kit/shipped.ts'

/** The shipped rules against what a real cluster wrote (messages of `reason-catalogue.json` and of pod states in the recordings). */
describe.each([
  ['crashes', crashes],
  ['images', images],
  ['memory', memory],
  ['probes', probes],
  ['scheduling', scheduling],
  ['config', config],
  ['platform', platform],
  ['others', others],
])('%s', (_, rows) => {
  it.each(rows)('%s', (_what, sketch, rule, cause) => {
    const [first] = diagnose(contextOf(sketch), shipped)
    expect(first).toMatchObject({ rule, cause })
    expect(first?.hypothesis).not.toMatch(/[{}[\]]|\?/)
    expect(first?.recommendations.length).toBeGreaterThan(0)
  })
})

it('says what, why and what to do with the real names', () => {
  const sketch = {
    events: [BACKOFF],
    terminations: [['Error', 1] as const],
    change: { ...rollout, by: 'kubectl' },
  }
  const [first] = diagnose(contextOf(sketch), shipped)
  expect(first).toMatchObject({
    hypothesis:
      'Deployment/checkout has been crashing since a change (image 1.0.0 -> 1.1.0, 20 seconds before the first symptom, by kubectl); its container ends with exit code 1.',
    confidence: 0.9,
    evidence: expect.arrayContaining(['c0']) as unknown,
    recommendations: [
      { command: 'kubectl -n shop rollout undo deployment/checkout --to-revision=1' },
      { command: 'kubectl -n shop logs checkout-7d58644cb7-6g5g2 -c app --previous --tail=50' },
      { command: 'kubectl -n shop rollout history deployment/checkout --revision=2' },
    ],
  })
  expect(first?.confidenceReasons[0]).toMatch(/^72 %: /)
})

describe('after a rollout', () => {
  it.each(rollbacks)('%s', (_what, sketch, says, not) => {
    const [first] = diagnose(contextOf(sketch), shipped)
    const commands = first?.recommendations.map((r) => r.command).join('\n')
    expect(commands).toMatch(says)
    expect(commands).not.toMatch(not)
  })

  it('says what the roll-back did', () => {
    const [, sketch] = rollbacks[1]!
    const [first] = diagnose(contextOf(sketch), shipped)
    expect(first?.recommendations[0]?.text).toContain('rolled back already (image 1.1 -> 1.0)')
  })
})

it.each(
  shipped.knowns.flatMap(({ name, refutedBy }) =>
    refutedBy === undefined ? [] : [[name, refutedBy]],
  ),
)('%s: "wrong if %s" is a sentence', (_name, refutedBy) => {
  expect(refutedBy).toMatch(/^[a-z].*[^.]$/)
})

it('does not offer to undo a first deploy', () => {
  const [first] = diagnose(contextOf({ events: [BACKOFF], change: created }), shipped)
  expect(first?.recommendations.map((r) => r.command).join('\n')).not.toContain('undo')
})
