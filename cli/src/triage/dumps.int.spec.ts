import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { of, pathOf, run } from './testing.ts'

/** The recordings with the objects as they were in the end: they are read in place. */
const data = pathOf('../shared/data/captures')

const incidentOf = async (recording: string, owner: string) => {
  const files = ['kubectl-events.json.gz', 'final-objects.yaml'].map(
    (name) => `${data}/${recording}/${name}`,
  )
  const { incidents } = await run(files.map((file) => of(file, readFileSync(file))))
  return incidents.find((i) => i.resourceName === owner)
}

describe.skipIf(!existsSync(data))('Events and the objects after a roll-back', () => {
  it.each([
    ['cascade-dependency', 'payments', /image payments:1\.0\.0 -> payments:1\.1\.0/],
    ['crashloop-bad-rollout', 'checkout', /image checkout:1\.0\.0 -> checkout:1\.1\.0/],
    ['oomkilled', 'catalog', /image catalog:1\.0\.0 -> catalog:1\.1\.0/],
    ['imagepull-bad-tag', 'cart', /image cart:1\.0\.0 -> cart:2\.0\.0-rc1/],
    ['restart-collector', 'checkout', /image checkout:1\.0\.0 -> checkout:1\.1\.0/],
    ['failed-scheduling', 'frontend', /requests\.cpu 10m -> 64/],
    ['probes-failing', 'frontend', /image frontend:1\.0\.0 -> frontend:1\.1\.0/],
  ])('%s: %s fails since the revision that was rolled back', async (recording, owner, change) => {
    const incident = await incidentOf(recording, owner)
    expect(incident?.hypothesis).toMatch(change)
    expect(incident?.hypothesis).not.toContain('rolled back')
    expect(incident?.rollout).toMatchObject({ toRevision: '2', failingPodsAreNew: true })
    const commands = incident?.recommendations?.map(({ command = '' }) => command).join('\n')
    expect(commands).toContain('rollout status')
    expect(commands).not.toContain('undo')
  })
})
