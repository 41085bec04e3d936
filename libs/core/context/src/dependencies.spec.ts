import { describe, expect, test } from 'vitest'
import type { Derived } from './derive.ts'
import {
  AT,
  at,
  by,
  catalogueOf,
  deployment,
  gone,
  iso,
  sceneOf,
  symptom,
  thing,
  type Sight,
} from './scene.spec-helper.ts'

const catalogue = catalogueOf(['ProbeFailure', 'CrashLoop', 'ImagePull', 'OutOfMemory'])

const POD_OF = { web: 'web-5d6b7c8d9f-bcdfg', api: 'api-7c8d9f5d6b-fgbcd' } as const
type Caller = keyof typeof POD_OF

const calling = (host: string) => ({ env: [{ name: 'PAYMENTS', value: `http://${host}/pay` }] })
const caller = (name: Caller, host = 'payments:8080'): Sight =>
  at(-9000, deployment(name, { container: calling(host) }))
const service = (selector: object, seconds: number): Sight =>
  at(
    seconds,
    thing(
      'Service',
      'payments',
      { spec: { selector, ports: [{ port: 8080 }] } },
      { meta: by('kubectl-edit', seconds) },
    ),
  )
const payments = (generation: number, image: string, seconds: number): Sight =>
  at(
    seconds,
    deployment('payments', { generation, container: { image }, meta: by('argocd', seconds) }),
  )

const behind = service({ app: 'payments' }, -9000)
const stable = [behind, payments(1, 'pay:1', -9000)]
const changed = (seconds: number): Sight[] => [...stable, payments(2, 'pay:2', seconds)]

const fails = (name: Caller, reason = 'ProbeFailure', seconds = 0): Sight =>
  symptom(reason, { name: POD_OF[name], seconds })

const of = (contexts: readonly Derived[], name: Caller): Derived =>
  contexts.find(({ owner }) => owner.name === name)!
const shared = ({ touches }: Derived): string[] =>
  touches.filter(({ thing: id }) => id.startsWith('Changed/')).map(({ thing: id }) => id)

describe('callers that fail just after a change of what they call', () => {
  const both = [caller('web'), caller('api'), fails('web'), fails('api', 'CrashLoop', 9)]

  test('name it, though it shows no symptom itself: of whom, by whom, how far off, and where they name it', () => {
    const contexts = sceneOf([...both, ...changed(-20)], { catalogue })
    expect(of(contexts, 'web').changes[0]).toMatchObject({
      kind: 'rollout',
      object: { kind: 'Deployment', name: 'payments' },
      of: { kind: 'Deployment', name: 'payments' },
      by: 'argocd',
      distanceMs: 20_000,
      summary: 'image pay:1 -> pay:2',
      via: 'its pod template names payments:8080, and Deployment payments is behind it',
    })
  })

  test('share it, with the reason', () => {
    const contexts = sceneOf([...both, ...changed(-20)], { catalogue })
    expect(shared(of(contexts, 'web'))).toEqual([
      `Changed/shop/${encodeURIComponent(`Deployment/payments@${AT - 20_000}`)}`,
    ])
    expect(shared(of(contexts, 'api'))).toEqual(shared(of(contexts, 'web')))
    expect(of(contexts, 'web').touches.find(({ how }) => how === 'blames')?.why).toBe(
      'Deployment/payments was changed just before (image pay:1 -> pay:2), and its pod template names payments:8080, and Deployment payments is behind it',
    )
  })

  test.each<[string, Sight[]]>([
    ['it has not changed', stable],
    ['it changed long before', changed(-600)],
    ['it changed after', changed(60)],
    [
      'it was only made',
      [behind, at(-20, deployment('payments', { meta: { creationTimestamp: iso(-20) } }))],
    ],
    ['it is not behind the Service', [service({ app: 'other' }, -9000), ...changed(-20).slice(1)]],
    ['there is no such Service', changed(-20).slice(1)],
  ])('share nothing where %s', (_, sights) => {
    const contexts = sceneOf([...both, ...sights], { catalogue })
    expect([...shared(of(contexts, 'web')), ...shared(of(contexts, 'api'))]).toEqual([])
  })

  test('share nothing where one does not call it, or fails of something else', () => {
    const sights = [
      caller('web', 'elsewhere:8080'),
      caller('api'),
      fails('web'),
      fails('api', 'ImagePull'),
      ...changed(-20),
    ]
    const contexts = sceneOf(sights, { catalogue })
    expect([...shared(of(contexts, 'web')), ...shared(of(contexts, 'api'))]).toEqual([])
  })

  test('stay alone where a nearer change of their own failing pods explains them', () => {
    const { object } = fails('web')
    const event = {
      ...object,
      involvedObject: {
        kind: 'Pod',
        namespace: 'shop',
        name: POD_OF.web,
        uid: `uid-Pod-${POD_OF.web}`,
      },
    }
    const pod = at(
      -8,
      thing(
        'Pod',
        POD_OF.web,
        { spec: {}, status: {} },
        {
          meta: {
            creationTimestamp: iso(-8),
            ownerReferences: [
              { kind: 'ReplicaSet', name: 'web-5d6b7c8d9f', uid: 'rs', controller: true },
            ],
          },
        },
      ),
    )
    const own = at(
      -10,
      deployment('web', {
        generation: 2,
        container: { image: 'web:2', ...calling('payments:8080') },
      }),
    )
    const contexts = sceneOf(
      [caller('web'), caller('api'), at(0, event), fails('api'), pod, own, ...changed(-20)],
      { catalogue },
    )
    expect(
      of(contexts, 'web')
        .changes.map(({ summary }) => summary)
        .slice(0, 2),
    ).toEqual(['image web:1 -> web:2', 'image pay:1 -> pay:2'])
    expect(shared(of(contexts, 'web'))).toEqual([])
    expect(shared(of(contexts, 'api'))).toHaveLength(1)
  })

  test('name the Service itself where that was moved or taken away', () => {
    const moved = [...both, ...stable, service({ app: 'payments-v2' }, -15)]
    expect(of(sceneOf(moved, { catalogue }), 'web').changes[0]).toMatchObject({
      object: { kind: 'Service', name: 'payments' },
      summary: 'selector.app payments -> payments-v2',
      by: 'kubectl-edit',
    })
    const taken = [...both, ...stable, gone(-15, behind.object)]
    const contexts = sceneOf(taken, { catalogue })
    expect(of(contexts, 'web').changes[0]).toMatchObject({ summary: 'deleted' })
    expect(shared(of(contexts, 'web'))).toEqual(shared(of(contexts, 'api')))
  })
})

test('what a ConfigMap names is called, too', () => {
  const map = at(
    -9000,
    thing('ConfigMap', 'conf', { data: { url: 'http://payments.shop.svc:8080/x' } }),
  )
  const pod = at(
    -9000,
    thing(
      'Pod',
      POD_OF.web,
      {
        spec: {
          containers: [
            { name: 'main', image: 'web:1', envFrom: [{ configMapRef: { name: 'conf' } }] },
          ],
        },
        status: {},
      },
      {
        meta: {
          ownerReferences: [
            { kind: 'ReplicaSet', name: 'web-5d6b7c8d9f', uid: 'rs', controller: true },
          ],
        },
      },
    ),
  )
  const sights = [fails('web'), at(-9000, deployment('web')), pod, map, ...changed(-20)]
  expect(of(sceneOf(sights, { catalogue }), 'web').changes[0]).toMatchObject({
    of: { name: 'payments' },
    via: expect.stringContaining('ConfigMap conf names payments.shop.svc:8080') as string,
  })
})
