import { incidentIdOf } from '@kubesift/core-incident'
import { aContext, T0 } from '@kubesift/core-incident/testing'
import { expect, test } from 'vitest'
import { anApi } from './testing/an-api.ts'

const at = { topic: 'incident-contexts', partition: 0, next: 1 }

test('what an owner costs is kept with its incident and told, and a newer window alone makes no revision', async () => {
  await using api = await anApi()
  const paid = (offset: number, perHour: number, more: object = {}) =>
    aContext({
      version: { epoch: 1, offset },
      cost: {
        source: 'opencost',
        currency: 'EUR',
        perHour,
        terms: { cpu: perHour, loadBalancer: 1e-6 },
        from: T0 - 3_600_000,
        to: T0,
        efficiency: 0,
        evidence: `e${perHour}`,
      },
      ...more,
    })
  const apply = (context: ReturnType<typeof aContext>) =>
    api.store.writer.applyContexts([context], { ...at, next: context.version.offset + 1 })
  const id = incidentIdOf(aContext().key, 1)
  const get = () =>
    api.client.call<{ revision: number; cost: object | null }>('getIncident', { id })
  await apply(aContext())
  expect((await get()).cost).toBeNull()
  await apply(paid(2, 1.42))
  expect(await get()).toMatchObject({
    revision: 2,
    cost: {
      source: 'opencost',
      currency: 'EUR',
      perHour: 1.42,
      terms: { cpu: 1.42, loadBalancer: 1e-6 },
      from: { seconds: T0 / 1000 - 3_600, nanos: 0 },
      to: { seconds: T0 / 1000, nanos: 0 },
      efficiency: 0,
      atLeast: false,
      evidence: 'e1.42',
    },
  })
  await apply(paid(3, 7))
  expect(await get()).toMatchObject({ revision: 2, cost: { perHour: 1.42 } })
  await apply(paid(4, 8, { occurrenceCount: 9 }))
  expect(await get()).toMatchObject({ revision: 3, cost: { perHour: 8 } })
})
