import type { Change } from '@kubesift/contracts'
import { expect } from 'vitest'
import {
  at,
  by,
  catalogueOf,
  deployment,
  sceneOf,
  symptom,
  type Sight,
} from './scene.spec-helper.ts'

const catalogue = catalogueOf([
  'QuotaExceeded',
  'CrashLoop',
  'ProbeFailure',
  'Scheduling',
  'ImagePull',
])

/** The changes that a problem of Deployment/web is shown beside, but its own making. */
export const changesOf = (
  problem: string,
  sights: readonly Sight[],
  message?: string,
): Change[] => {
  const contexts = sceneOf(
    [symptom(problem, message === undefined ? {} : { message }), ...sights],
    { catalogue },
  )
  const of = contexts.find((c) => c.problem === problem && c.owner.name === 'web')!
  expect(of.changes.length).toBeLessThanOrEqual(5)
  for (const { evidence } of of.changes) expect(of.evidence.map(({ id }) => id)).toContain(evidence)
  return of.changes.filter(({ kind, object }) => kind !== 'created' || object.name !== 'web')
}

export const web = (container: object = {}, pod: object = {}): Sight =>
  at(-9000, deployment('web', { container, pod }))

/** The changes of Deployment/web that a roll-out a minute before its crash is told as. */
export const rolled = (before: object, after: object, more: object = {}): Change[] => {
  const [context] = sceneOf(
    [
      symptom('CrashLoop'),
      at(-9000, deployment('web', before)),
      at(
        -60,
        deployment('web', {
          generation: 2,
          ...after,
          meta: { ...by('kubectl-client-side-apply', -60), ...more },
        }),
      ),
    ],
    { catalogue: catalogueOf(['CrashLoop']) },
  )
  return [...context!.changes]
}
