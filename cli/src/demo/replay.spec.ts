import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeLogs, type OtlpLogRecord } from '@kubesift/adapter-otlp'
import { clusterOf, fromLogRecord } from '@kubesift/core-signal'
import type { Signal } from '@kubesift/contracts'
import { loadRecording, type Recording } from './recording.ts'
import { replay } from './replay.ts'
import { saltOf } from './salt.ts'
import { timelineOf } from './timeline.ts'

const STORM = fileURLToPath(new URL('../../../e2e/recordings/storm', import.meta.url))
const NOW = Date.UTC(2030, 5, 1, 12, 0, 0)

interface Sent {
  readonly at: number
  readonly clock: number
  readonly record: OtlpLogRecord
}

/** Runs the whole demo on a clock that jumps; nothing here waits for time. */
const run = async (
  recording: Recording,
  name: string,
  untilMs: number,
): Promise<{ sent: Sent[]; cluster: string; bytes: number[] }> => {
  const salt = saltOf(name, recording.podNames)
  const timeline = timelineOf({ startAt: recording.startAt, endAt: recording.endAt, now: NOW })
  const stop = new AbortController()
  const sent: Sent[] = []
  const bytes: number[] = []
  let clock = NOW
  await replay({
    recording,
    salt,
    timeline,
    signal: stop.signal,
    tickMs: 0,
    now: () => (clock += 5_000) - 5_000,
    producer: {
      publishRaw: (topic, records) => {
        expect(topic).toBe('otel-logs')
        for (const { value, timestamp } of records) {
          bytes.push(value.byteLength)
          for (const record of decodeLogs(value).records)
            sent.push({ at: timestamp, clock, record })
        }
        if (clock - NOW > untilMs) stop.abort()
        return Promise.resolve()
      },
    },
  })
  return { sent, cluster: salt.cluster, bytes }
}

const signalsOf = (sent: readonly Sent[]): Signal[] =>
  sent.flatMap(({ record }) => {
    const read = fromLogRecord(record, { offset: 0 })
    return read.ok && 'signal' in read ? [read.signal] : []
  })
const timeOf = (signal: Signal): number =>
  signal.t === 'event'
    ? (signal.tellings[0]?.at ?? 0)
    : signal.t === 'object'
      ? signal.observedAt
      : 0
const uidsOf = (signals: readonly Signal[]): Set<string> =>
  new Set(
    signals.flatMap((s) =>
      s.t === 'event' ? [s.event.uid] : s.t === 'object' ? [s.object.uid] : [],
    ),
  )
const podsOf = (signals: readonly Signal[]): Set<string> =>
  new Set(
    signals.flatMap((s) => (s.t === 'object' && s.object.kind === 'Pod' ? [s.object.name] : [])),
  )

describe('the demo', () => {
  let recording: Recording
  let first: Awaited<ReturnType<typeof run>>
  let second: Awaited<ReturnType<typeof run>>
  beforeAll(async () => {
    recording = await loadRecording(STORM)
    first = await run(recording, 'first', 200_000)
    second = await run(recording, 'second', 100_000)
  }, 60_000)

  it('sends every record of the recording, readable, in messages that Kafka takes', () => {
    const before = recording.lines.length
    expect(first.sent.length).toBeGreaterThanOrEqual(before)
    expect(Math.max(...first.bytes)).toBeLessThan(1_000_000)
    for (const { record } of first.sent) expect(fromLogRecord(record, { offset: 0 }).ok).toBe(true)
  })

  it('names its cluster on every record', () => {
    expect(first.cluster).toMatch(/^demo-[0-9a-f]{4}$/)
    expect(new Set(first.sent.map(({ record }) => clusterOf(record)))).toEqual(
      new Set([first.cluster]),
    )
  })

  it('has no time of the recording left, and none that is still to come', () => {
    for (const one of first.sent) {
      expect(one.at).toBeLessThanOrEqual(one.clock)
      for (const time of signalsOf([one]).map(timeOf)) {
        expect(time).toBeLessThanOrEqual(one.clock)
        expect(time).toBeGreaterThan(NOW - 30 * 60_000)
      }
    }
    expect(JSON.stringify(first.sent.map(({ record }) => record))).not.toContain('2026-11-21')
  })

  it('is another cluster each time: no UID and no pod name twice, the same workloads', () => {
    const [a, b] = [signalsOf(first.sent), signalsOf(second.sent)]
    expect([...uidsOf(a)].filter((uid) => uidsOf(b).has(uid))).toEqual([])
    expect([...podsOf(a)].filter((pod) => podsOf(b).has(pod))).toEqual([])
    const workloads = (signals: readonly Signal[]): string[] =>
      [
        ...new Set(
          signals.flatMap((s) =>
            s.t === 'object' && s.object.kind === 'Deployment' ? [s.object.name] : [],
          ),
        ),
      ].sort()
    expect(workloads(a)).toEqual(workloads(b))
  })

  it('keeps what belongs together: the pods of events and owners of pods are those of the objects', () => {
    const signals = signalsOf(first.sent)
    const known = uidsOf(signals)
    const owners = signals.flatMap((s) =>
      s.t === 'object' && s.object.kind === 'Pod' ? s.object.owners : [],
    )
    expect(owners.length).toBeGreaterThan(100)
    expect(owners.filter((o) => !known.has(o.uid))).toEqual([])
    const pods = podsOf(signals)
    const told = signals.flatMap((s) =>
      s.t === 'event' && s.event.involved.kind === 'Pod' ? [s.event.involved.name] : [],
    )
    expect(told.filter((name) => !pods.has(name))).toEqual([])
  })

  it('goes on reporting its nodes after the end', () => {
    const last = signalsOf(first.sent.slice(-4))
    expect(last.every((s) => s.t === 'object' && s.object.kind === 'Node')).toBe(true)
    const times = last.map(timeOf)
    expect(Math.max(...times)).toBeGreaterThan(NOW)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })
})
