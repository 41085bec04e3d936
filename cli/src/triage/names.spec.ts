import { describe, expect, it } from 'vitest'
import { event, list, of, run } from './testing.ts'

const pod = (name: string, more: object = {}): object => ({
  kind: 'Pod',
  namespace: 'shop',
  name,
  uid: `uid-${name}`,
  ...more,
})

describe('the container that fails', () => {
  const commands = async (fieldPath?: string): Promise<string> => {
    const involvedObject = pod('web-58f76dcc9-bcdfg', { fieldPath })
    // Before Kubernetes 1.26 the kubelet named none.
    const message = 'Back-off restarting failed container'
    const { incidents } = await run([of('f', list(event('e', { involvedObject, message })))])
    return JSON.stringify(incidents[0]?.recommendations)
  }

  it('is the one that the Event is about', async () => {
    expect(await commands('spec.containers{scheduler}')).toContain('-c scheduler')
  })

  it('is not guessed from the words of a message', async () => {
    expect(await commands()).not.toMatch(/ -c /)
  })
})

describe('the owner of a pod, by names alone', () => {
  const scheduling = {
    reason: 'FailedScheduling',
    message: '0/3 nodes are available: 3 Insufficient cpu.',
  }
  const ownerOf = async (name: string, ...others: object[]): Promise<string> => {
    const failing = event('e', { ...scheduling, involvedObject: pod(name) })
    const { incidents } = await run([of('f', list(...others, failing))])
    return incidents.map((i) => `${i.resourceKind}/${i.resourceName}`).join()
  }
  const scaled = event('s', {
    reason: 'ScalingReplicaSet',
    type: 'Normal',
    message: 'Scaled up replica set insights-29456785 to 1',
    involvedObject: { kind: 'Deployment', namespace: 'shop', name: 'insights', uid: 'd' },
  })

  it('is a Deployment where the digits of its name are no time', async () => {
    expect(await ownerOf('insights-6946895465-pv2r7')).toBe('Deployment/insights')
  })

  it('is a CronJob where they are the minute, or the second, of a run', async () => {
    expect(await ownerOf('nightly-29421700-pv2r7')).toBe('CronJob/nightly')
    expect(await ownerOf('nightly-1627984800-pv2r7')).toBe('CronJob/nightly')
  })

  it('is a Deployment where an Event names its ReplicaSet, whatever the digits', async () => {
    expect(await ownerOf('insights-29456785-pv2r7')).toBe('CronJob/insights')
    expect(await ownerOf('insights-29456785-pv2r7', scaled)).toBe('Deployment/insights')
  })
})
