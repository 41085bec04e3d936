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
