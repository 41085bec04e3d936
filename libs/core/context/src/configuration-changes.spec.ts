import { describe, expect, test } from 'vitest'
import { changesOf, web } from './changes.spec-helper.ts'
import { at, by, gone, thing, type Sight } from './scene.spec-helper.ts'

describe('configuration', () => {
  const map = (kind: string, name: string, data: object, seconds: number): Sight =>
    at(seconds, thing(kind, name, { data }, { meta: by('helm', seconds) }))
  const env = (kind: string, name: string) => ({
    env: [{ name: 'DB', valueFrom: { [kind]: { name, key: 'url' } } }],
  })

  test.each([
    [
      'a variable',
      'ConfigMap',
      web(env('configMapKeyRef', 'conf')),
      'variable DB of container main takes it',
    ],
    [
      'all variables',
      'ConfigMap',
      web({ envFrom: [{ configMapRef: { name: 'conf' } }] }),
      'the environment of container main takes it',
    ],
    [
      'a volume',
      'ConfigMap',
      web({}, { volumes: [{ name: 'v', configMap: { name: 'conf' } }] }),
      'volume v takes it',
    ],
    [
      'a secret variable',
      'Secret',
      web(env('secretKeyRef', 'conf')),
      'variable DB of container main takes it',
    ],
    [
      'a secret volume',
      'Secret',
      web({}, { volumes: [{ name: 'v', secret: { secretName: 'conf' } }] }),
      'volume v takes it',
    ],
  ])('that a workload takes by %s explains its crashes', (_, kind, workload, via) => {
    const changes = changesOf('CrashLoop', [
      workload,
      map(kind, 'conf', { url: 'postgres://a', other: 'x' }, -9000),
      map(kind, 'conf', { url: 'postgres://b', more: 'y' }, -40),
      map(kind, 'unrelated', { url: '1' }, -9000),
      map(kind, 'unrelated', { url: '2' }, -30),
    ])
    expect(changes[0]).toMatchObject({
      kind: 'config',
      object: { kind, name: 'conf' },
      by: 'helm',
      distanceMs: 40_000,
      summary: 'data.more added, data.other removed, data.url changed',
      via,
    })
    expect(changes.map(({ object }) => object.name)).not.toContain('unrelated')
    expect(JSON.stringify(changes)).not.toMatch(/postgres|"x"|"y"/)
  })

  test('is not what keeps a pod from being scheduled', () => {
    const sights = [
      web(env('configMapKeyRef', 'conf')),
      map('ConfigMap', 'conf', { url: 'a' }, -9000),
      map('ConfigMap', 'conf', { url: 'b' }, -40),
    ]
    expect(changesOf('Scheduling', sights)).toEqual([])
  })

  test('that is deleted is told, as is a pull secret', () => {
    const pod = { imagePullSecrets: [{ name: 'reg' }] }
    const made = map('Secret', 'reg', { token: 'a' }, -9000)
    const sights = [web({}, pod), made, gone(-15, made.object)]
    expect(changesOf('ImagePull', sights)[0]).toMatchObject({
      object: { kind: 'Secret', name: 'reg' },
      summary: 'deleted',
    })
  })

  test('whose values our agent does not tell has been written anew', () => {
    const changes = changesOf('CrashLoop', [
      web(env('configMapKeyRef', 'conf')),
      map('ConfigMap', 'conf', { url: 'redacted' }, -9000),
      map('ConfigMap', 'conf', { url: 'redacted' }, -40),
    ])
    expect(changes[0]).toMatchObject({
      distanceMs: 40_000,
      summary: 'written anew, with the same keys; values are not told',
    })
  })

  test('that was known only after its change says that it was written, and when', () => {
    const changes = changesOf('CrashLoop', [
      web(env('configMapKeyRef', 'conf')),
      at(10, thing('ConfigMap', 'conf', { data: { url: 'b' } }, { meta: by('kubectl', -50) })),
    ])
    expect(changes[0]).toMatchObject({
      distanceMs: 50_000,
      by: 'kubectl',
      summary: 'written; what stood there before is not known',
    })
  })

  test('of hostile names and sizes stays bounded', () => {
    const keys = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, `v${i}`]))
    const other = Object.fromEntries(Object.keys(keys).map((k) => [k, `${k}'`]))
    const changes = changesOf('CrashLoop', [
      web(env('configMapKeyRef', 'constructor')),
      map('ConfigMap', 'constructor', { ...keys, ['__proto__']: 'a', toString: 'a' }, -9000),
      map('ConfigMap', 'constructor', { ...other, ['__proto__']: 'b', toString: 'b' }, -40),
    ])
    expect(changes[0]!.fields).toHaveLength(20)
    expect(changes[0]!.summary.length).toBeLessThan(400)
  })
})
