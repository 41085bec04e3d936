import type { Change } from '@kubesift/contracts'
import { describe, expect, test } from 'vitest'
import {
  AT,
  at,
  by,
  catalogueOf,
  iso,
  sceneOf,
  symptom,
  thing,
  type Sight,
} from './scene.spec-helper.ts'

describe('a CronJob', () => {
  const template = (image: string) => ({
    spec: { backoffLimit: 0, template: { spec: { containers: [{ name: 'run', image }] } } },
  })
  const cron = (schedule: string, image: string, more: object = {}, writer: object = {}): object =>
    thing(
      'CronJob',
      'nightly',
      { spec: { schedule, jobTemplate: template(image), ...more } },
      { meta: writer },
    )
  const job = (name: string, seconds: number, image: string): Sight =>
    at(
      seconds,
      thing(
        'Job',
        name,
        {
          spec: {
            ...template(image).spec,
            template: {
              metadata: { labels: { 'job-name': name, 'controller-uid': name } },
              ...template(image).spec.template,
            },
          },
        },
        {
          meta: {
            creationTimestamp: iso(seconds),
            ownerReferences: [
              { kind: 'CronJob', name: 'nightly', uid: 'uid-CronJob-nightly', controller: true },
            ],
          },
        },
      ),
    )
  const changesOf = (...sights: Sight[]): Change[] => {
    const [context] = sceneOf(
      [symptom('JobFailure', { kind: 'CronJob', name: 'nightly' }), ...sights],
      { catalogue: catalogueOf(['JobFailure']) },
    )
    return [...context!.changes]
  }

  test('with another schedule was configured, with another image rolled out, each by whom', () => {
    const first = at(-9000, cron('0 3 * * *', 'run:1'))
    const kubectl = by('kubectl', -30)
    const schedule = at(-30, cron('* * * * *', 'run:1', { suspend: true }, kubectl))
    expect(changesOf(first, schedule)[0]).toMatchObject({
      kind: 'config',
      by: 'kubectl',
      summary: 'schedule 0 3 * * * -> * * * * *, suspend added',
    })
    const image = at(-30, cron('0 3 * * *', 'run:2', {}, kubectl))
    expect(changesOf(first, image)[0]).toMatchObject({
      kind: 'rollout',
      by: 'kubectl',
      fields: [{ path: 'containers.run.image', from: 'run:1', to: 'run:2' }],
    })
  })

  test('that was made just now says with what', () => {
    const made = cron(
      '* * * * *',
      'reg.io/run:1',
      {},
      { creationTimestamp: iso(-40), ...by('kubectl', -40) },
    )
    expect(changesOf(at(-40, made))).toMatchObject([
      { kind: 'created', at: AT - 40_000, by: 'kubectl', summary: 'created with image run:1' },
    ])
  })

  test('that was never seen is known by its runs: what one has and the one before had not', () => {
    const runs = [job('nightly-1', -180, 'run:1'), job('nightly-2', -120, 'run:1')]
    expect(changesOf(...runs)).toEqual([])
    expect(changesOf(...runs, job('nightly-3', -60, 'run:2'))).toMatchObject([
      {
        kind: 'rollout',
        object: { kind: 'CronJob', name: 'nightly' },
        at: AT - 120_000,
        until: AT - 60_000,
        fields: [{ path: 'containers.run.image', from: 'run:1', to: 'run:2' }],
      },
    ])
    const back = changesOf(...runs, job('nightly-3', -60, 'run:2'), job('nightly-4', -10, 'run:1'))
    expect(back[0]).toMatchObject({ rollback: true, summary: 'rolled back: image run:2 -> run:1' })
  })
})

test('a Job of its own says with what it was made', () => {
  const job = thing(
    'Job',
    'report',
    { spec: { template: { spec: { containers: [{ name: 'run', image: 'reg.io/report:1.1' }] } } } },
    { meta: { creationTimestamp: iso(-10) } },
  )
  const [context] = sceneOf(
    [symptom('JobFailure', { kind: 'Job', name: 'report' }), at(-10, job)],
    {
      catalogue: catalogueOf(['JobFailure']),
    },
  )
  expect(context!.changes).toMatchObject([
    { kind: 'created', summary: 'created with image report:1.1' },
  ])
})
