import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { itemsOf, type Item } from './items-of.ts'
import { piecesOf } from './pieces-of.ts'

const read = async (...chunks: (string | Uint8Array)[]): Promise<Item[]> => {
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
  const items: Item[] = []
  for await (const item of itemsOf(piecesOf(bytes(), 'f'))) items.push(item)
  return items
}

const event = (name: string): string =>
  JSON.stringify({ kind: 'Event', apiVersion: 'v1', metadata: { name } })
const names = (items: readonly Item[]): unknown[] =>
  items.flatMap((item) =>
    item.t === 'kube' ? [(item.object['metadata'] as { name?: unknown } | undefined)?.name] : [],
  )
const kinds = (items: readonly Item[]): unknown[] =>
  items.flatMap((item) =>
    item.t === 'kube'
      ? [`${String(item.object['apiVersion'])} ${String(item.object['kind'])}`]
      : [],
  )
const whys = (items: readonly Item[]): string[] =>
  items.flatMap((item) => (item.t === 'rejected' ? [item.why] : []))

describe('what an input may be', () => {
  const list = `{"apiVersion":"v1","items":[${event('a')},${event('b')}],"kind":"List"}`
  it.each<[string, string | Uint8Array]>([
    ['a list', list],
    ['a list with a byte order mark', `\ufeff${list}`],
    ['a list in UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${list}`, 'utf16le')],
    ['a gzipped list', gzipSync(list)],
    ['two gzip members in a row', Buffer.concat([gzipSync(event('a')), gzipSync(event('b'))])],
    ['an array', `[${event('a')},${event('b')}]`],
    ['lines', `${event('a')}\r\n${event('b')}\r\n`],
    ['objects in a row', event('a') + event('b')],
    [
      'watch events',
      `{"type":"ADDED","object":${event('a')}}\n{"type":"MODIFIED","object":${event('b')}}`,
    ],
    [
      'a list in a list',
      `{"kind":"List","items":[{"kind":"EventList","items":[${event('a')}]},${event('b')}]}`,
    ],
    ['YAML documents', `---\n${event('a')}\n---\nkind: Event\nmetadata: {name: b}\n`],
    [
      'a YAML list',
      'apiVersion: v1\nkind: List\nitems:\n- kind: Event\n  metadata:\n    name: a\n- kind: Event\n  metadata:\n    name: b\n',
    ],
    [
      'an indented YAML list',
      'items:\n  - metadata:\n      name: a\n    kind: Event\n  - kind: Event\n    metadata: {name: b}\nkind: List\n',
    ],
  ])('%s', async (_, input) => {
    const items = await read(input)
    expect(whys(items)).toEqual([])
    expect(names(items)).toEqual(['a', 'b'])
  })

  it('a list may give its kind to its elements, before or after them', async () => {
    expect(
      kinds(await read('{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{}}]}')),
    ).toEqual(['v1 Pod'])
    expect(
      kinds(
        await read('{"items":[{"metadata":{}}],"kind":"DeploymentList","apiVersion":"apps/v1"}'),
      ),
    ).toEqual(['apps/v1 Deployment'])
    expect(
      kinds(await read('apiVersion: apps/v1\nitems:\n- metadata: {}\nkind: ReplicaSetList\n')),
    ).toEqual(['apps/v1 ReplicaSet'])
  })

  it('an Event without a kind is known by its shape', async () => {
    expect(kinds(await read('[{"involvedObject":{},"reason":"r"},{"regarding":{}}]'))).toEqual([
      'v1 Event',
      'v1 Event',
    ])
  })

  it('export requests of a Collector are handed on whole', async () => {
    const items = await read('{"resourceLogs":[]}\n{"resourceMetrics":[]}\n{"resourceSpans":[]}\n')
    expect(items.map((item) => item.t)).toEqual(['logs', 'metrics', 'spans'])
  })

  it('an empty list is a list', async () => {
    for (const text of [
      '[]',
      '{"kind":"EventList","items":[]}',
      '{"kind":"EventList","items":null}',
      'kind: List\nitems: []\n',
    ])
      expect((await read(text)).map((item) => item.t)).toEqual(['list'])
  })
})

describe('what is wrong with an input', () => {
  it('a bad element costs itself, and its place is told', async () => {
    const items = await read(
      `{"items":[${event('a')},{"kind" "Event"},\n3,${event('b')}],"kind":"List"}`,
    )
    expect(names(items)).toEqual(['a', 'b'])
    expect(items.filter((item) => item.t === 'rejected').map((item) => item.place)).toEqual([
      { source: 'f', line: 1, item: 1 },
      { source: 'f', line: 2, item: 2 },
    ])
  })

  it('a bad element of a YAML list costs itself', async () => {
    const text = `items:\n- kind: Event\n  metadata: {name: a}\n- kind: "Event\n- kind: Event\n  metadata: {name: b}\nkind: List\n`
    const items = await read(text)
    expect(names(items)).toEqual(['a', 'b'])
    expect(items.find((item) => item.t === 'rejected')?.place).toMatchObject({ item: 1 })
  })

  it('aliases are followed within bounds', async () => {
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1]',
      ...'bcdefgh'
        .split('')
        .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join()}]`),
    ]
    const items = await read(`kind: X\n${bomb.join('\n')}\n`)
    expect(whys(items)).toHaveLength(1)
  })

  it.each([
    ['', 'it is empty'],
    ['hello', 'it is neither JSON nor YAML'],
    ['<html></html>', 'it is neither JSON nor YAML'],
    [
      'LAST SEEN   TYPE      REASON    OBJECT\n5m Warning BackOff pod/x',
      "it is kubectl's table: add `-o json`",
    ],
    ['{"foo":1}', 'it has no kind'],
    ['{"kind":"Status","message":"Unauthorized"}', 'the API server answered: Unauthorized'],
  ])('%j is no such list', async (text, why) => {
    const items = await read(text)
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ t: 'rejected', why, alien: true })
  })

  it('a truncated gzip gives what it holds', async () => {
    const whole = gzipSync(`${event('a')}\n`.repeat(20_000), { level: 0 })
    const items = await read(whole.subarray(0, whole.length / 2))
    expect(names(items).length).toBeGreaterThan(5_000)
    expect(whys(items).at(-1)).toMatch(/cannot be read to its end/)
  })

  it('an input that fails half-way gives what it held', async () => {
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${event('a')}\n`)
      throw new Error('the disk is gone')
    }
    const items: Item[] = []
    for await (const item of itemsOf(piecesOf(bytes(), 'f'))) items.push(item)
    expect(names(items)).toEqual(['a'])
    expect(whys(items)).toEqual(['cannot be read to its end: the disk is gone'])
  })
})
