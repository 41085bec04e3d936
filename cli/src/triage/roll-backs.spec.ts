import { describe, expect, it } from 'vitest'
import { recorded, run } from './testing.ts'

/** What is advised for the workload, by the Events of a recording alone. */
const advised = async (recording: string, owner: string) => {
  const { incidents } = await run([recorded(`${recording}/kubectl-events.json.gz`)])
  const incident = incidents.find((i) => i.resourceName === owner)
  return (incident?.recommendations ?? []).map(({ text, command = '' }) => `${text} ${command}`)
}

describe('with Events alone', () => {
  it.each([
    ['crashloop-bad-rollout', 'checkout'],
    ['oomkilled', 'catalog'],
    ['imagepull-bad-tag', 'cart'],
    ['probes-failing', 'frontend'],
    ['failed-scheduling', 'frontend'],
    ['cascade-dependency', 'payments'],
    ['restart-collector', 'checkout'],
  ])('%s: a roll-back of %s is seen and not undone', async (recording, owner) => {
    const advice = (await advised(recording, owner)).join('\n')
    expect(advice).toContain('It was rolled back already')
    expect(advice).not.toContain('rollout undo')
    // The pods of the revision that was undone are gone.
    expect(advice).not.toMatch(/ (logs|describe pod) /)
  })

  it.each([
    ['failed-mount', 'checkout'],
    ['failed-mount', 'payments'],
    ['imagepull-bad-tag', 'badname'],
    ['imagepull-bad-tag', 'billing'],
    ['imagepull-bad-tag', 'dnsfail'],
    ['restart-collector', 'big'],
    ['failed-scheduling', 'urgent'],
  ])('%s: a first deployment of %s has no revision to go back to', async (recording, owner) => {
    const advice = await advised(recording, owner)
    expect(advice.join('\n')).not.toContain('rollout undo')
    expect(advice).not.toHaveLength(0)
  })
})
