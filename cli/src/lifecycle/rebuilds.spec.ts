import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { State } from '../frame/state.ts'
import { rebuildsOf, rebuildText, type RebuildPart } from './rebuilds.ts'

const SINCE = Date.UTC(2026, 10, 27, 2, 14, 5)
const NOW = SINCE + 4 * 60_000

const part = (partition: number, more: Partial<RebuildPart> = {}): RebuildPart => ({
  partition,
  since: SINCE,
  epoch: 3,
  step: 'records',
  left: 1_000,
  of: 4_000,
  ...more,
})

const headOf = (...parts: RebuildPart[]): string[] => rebuildText(parts, NOW).slice(0, -2)

test('says that state is made again, since when, how far, what stands still and that nothing has to be done', () => {
  expect(rebuildText([part(0, { step: 'whole', left: 0 }), part(4), part(7)], NOW)).toEqual([
    'state that Redis had lost is being made again for 4 min (since 2026-11-27T02:14:05Z), under epoch 3: 2 partitions of 3 to go; 2,000 of 8,000 records left of signals to be read again',
    '  until it is whole nothing is published of these partitions: no incident opens, changes or resolves; what is shown is what was known before',
    '  it goes on by itself, also after a restart, and then all is published once: nothing has to be done (`./kubesift rebuild` waits for it)',
  ])
})

test('says nothing where all is whole', () => {
  expect(rebuildText([], NOW)).toEqual([])
  expect(rebuildText([part(0, { step: 'whole' })], NOW)).toEqual([])
})

test('what was published is read once for all partitions, and no epoch is known by then', () => {
  const reading = { epoch: undefined, step: 'contexts', left: 150, of: 200_000 }
  expect(headOf(part(0, reading), part(1, reading))).toEqual([
    'state that Redis had lost is being made again for 4 min (since 2026-11-27T02:14:05Z): 2 partitions to go; 150 of 200,000 records left of incident-contexts to be read',
  ])
})

test('each epoch has a line of its own, with every step that is left of it, and what is not known is left out', () => {
  const { since: _, of: _of, ...unknown } = part(5, { epoch: 4 })
  expect(
    headOf(
      unknown,
      part(1, { step: 'beginning', left: 2, of: 9 }),
      part(2, { step: 'publishing', left: 0, of: 1 }),
      part(3, { step: 'of a later version' }),
      part(9, { epoch: 2, step: 'whole' }),
    ),
  ).toEqual([
    'state that Redis had lost is being made again for 4 min (since 2026-11-27T02:14:05Z), under epoch 3: 3 partitions to go; 2 of 9 namespaces left to be begun from published contexts; 0 of 1 namespace left to be published again',
    'state that Redis had lost is being made again, under epoch 4: 1 partition to go; 1,000 records left of signals to be read again',
  ])
})

test('asks every service, and takes one that does not answer or says something else for silent', async () => {
  const bodies = [{ status: 'ok', rebuilds: [part(3)] }, { status: 'ok' }, { rebuilds: 'many' }]
  const servers = bodies.map((body) =>
    createServer((_, response) => void response.end(JSON.stringify(body))),
  )
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
        }),
    ),
  )
  const units = [...ports, 1, undefined].map((healthPort) => ({ healthPort }))
  try {
    expect(await rebuildsOf({ units } as unknown as State)).toEqual([part(3)])
  } finally {
    for (const server of servers) server.close()
  }
})
