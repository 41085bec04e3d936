import { decodeLogsJson } from '@kubesift/adapter-otlp'
import { loadCatalogue } from '@kubesift/adapter-rules'
import { contextsOf } from '@kubesift/core-context'
import { ChunkBuilder, fromLogRecord } from '@kubesift/core-signal'
import { describe, expect, test } from 'vitest'

const catalogue = loadCatalogue(new URL('../../rules/problems', import.meta.url).pathname)
const AT = Date.UTC(2026, 10, 21, 1)
const HOUR = 3_600_000

interface Told {
  readonly uid: string
  readonly count: number
  readonly at: number
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const goTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
const NAME = `web-0.${(BigInt(AT) * 1_000_000n + 7n).toString(16)}`
const MESSAGE = 'Back-off restarting failed container app in pod web-0_shop(1)'

/** As k8s_events tells it: `start_time` is when this very object was made. */
const received = (told: readonly Told[], created: number): object => ({
  resource: {
    attributes: [
      text('k8s.object.kind', 'Pod'),
      text('k8s.object.name', 'web-0'),
      text('k8s.object.uid', 'web-0-uid'),
    ],
  },
  scopeLogs: [
    {
      logRecords: told.map(({ uid, count, at }) => ({
        timeUnixNano: `${at}000000`,
        severityText: 'Warning',
        body: { stringValue: MESSAGE },
        attributes: [
          text('k8s.event.reason', 'BackOff'),
          text('k8s.event.start_time', goTime(created)),
          text('k8s.event.name', NAME),
          text('k8s.event.uid', uid),
          text('k8s.namespace.name', 'shop'),
          { key: 'k8s.event.count', value: { intValue: String(count) } },
        ],
      })),
    },
  ],
})

const map = (values: Readonly<Record<string, unknown>>): object => ({
  kvlistValue: {
    values: Object.entries(values).map(([key, value]) => ({
      key,
      value:
        typeof value === 'string'
          ? { stringValue: value }
          : typeof value === 'number'
            ? { intValue: String(value) }
            : map(value as Record<string, unknown>),
    })),
  },
})

/** As k8sobjects watches it. */
const watched = ({ uid, count, at }: Told, created: number): object => ({
  scopeLogs: [
    {
      logRecords: [
        {
          observedTimeUnixNano: `${at}000000`,
          body: map({
            type: count === 1 ? 'ADDED' : 'MODIFIED',
            object: {
              kind: 'Event',
              apiVersion: 'v1',
              metadata: {
                uid,
                name: NAME,
                namespace: 'shop',
                creationTimestamp: new Date(created).toISOString(),
              },
              involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'web-0-uid' },
              reason: 'BackOff',
              type: 'Warning',
              message: MESSAGE,
              count,
              firstTimestamp: new Date(AT).toISOString(),
              lastTimestamp: new Date(at).toISOString(),
            },
          }),
        },
      ],
    },
  ],
})

const countOf = (resourceLogs: readonly object[]): readonly number[] => {
  const builder = new ChunkBuilder()
  for (const [offset, one] of resourceLogs.entries()) {
    for (const record of decodeLogsJson({ resourceLogs: [one] }).records) {
      const read = fromLogRecord(record, { offset })
      if (!read.ok || !('signal' in read)) throw new Error('not readable')
      builder.add('lab', read.namespace, read.signal)
    }
  }
  const chunks = builder.build({ topic: 'otel-logs', partition: 0 }, 1_000_000)
  return contextsOf(chunks, catalogue).contexts.map(({ occurrenceCount }) => occurrenceCount)
}

describe('a crash loop that is told of once in two hours, the Event expired each time', () => {
  const told = Array.from({ length: 12 }, (_, i) => ({
    uid: `uid-${i}`,
    count: i + 1,
    at: AT + i * 2 * HOUR,
  }))

  test('has happened as often as its last Event says, by k8s_events', () => {
    expect(countOf(told.map((one) => received([one], one.at)))).toEqual([12])
  })

  test('and by k8sobjects, and by both', () => {
    const objects = told.map((one) => watched(one, one.at))
    expect(countOf(objects)).toEqual([12])
    expect(countOf([...objects, ...told.map((one) => received([one], one.at))])).toEqual([12])
  })
})
