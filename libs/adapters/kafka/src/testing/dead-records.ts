import type { RawRecord } from '../read-records.ts'

export const bytesOf = (text: string): Buffer => Buffer.from(text)

interface Rest {
  readonly key?: Buffer | null
  readonly value?: Buffer | null
  readonly offset?: number
  /** Only the headers that are given. */
  readonly bare?: boolean
}

/** A record of `things.dlq` about `things/1/17`; a header that is given as undefined is left out. */
export const deadRecord = (
  headers: Readonly<Record<string, string | undefined>>,
  { key = null, value = bytesOf('{'), offset = 5, bare = false }: Rest = {},
): RawRecord => ({
  partition: 2,
  offset,
  timestamp: 7,
  key,
  value,
  headers: new Map(
    Object.entries({
      ...(bare
        ? {}
        : {
            'dlq-error': 'not JSON',
            'dlq-stage': 'normalise',
            'dlq-topic': 'things',
            'dlq-partition': '1',
            'dlq-offset': '17',
            'dlq-time': '2026-11-20T10:00:00.000Z',
          }),
      ...headers,
    }).flatMap(([name, text]) => (text === undefined ? [] : [[name, bytesOf(text)] as const])),
  ),
})
