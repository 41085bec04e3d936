import { decodeLogs, type OtlpLogRecord } from '@kubesift/adapter-otlp'
import { fromLogRecord } from '@kubesift/core-signal'
import { describe, expect, it } from 'vitest'
import { ticksIn } from './process-cpu.ts'
import { ALL_DISTINCT, Storm, STORM } from './storm.ts'

const NOW = 1_795_223_375_000

const signalsOf = (messages: readonly Uint8Array[]) =>
  messages
    .flatMap((bytes): readonly OtlpLogRecord[] => decodeLogs(bytes).records)
    .map((record) => {
      const read = fromLogRecord(record, { offset: 0, kafkaAt: NOW })
      if (!read.ok || !('signal' in read) || read.signal.t !== 'event') throw new Error('no event')
      const { event, tellings } = read.signal
      return {
        uid: event.uid,
        n: tellings[0]?.n ?? 0,
        lastAt: tellings[0]?.at,
        cluster: read.cluster,
      }
    })

describe('the made storm', () => {
  it('is read by the pipeline as Events, most of them repeats of known ones with the next count', () => {
    const small = { ...STORM, namespaces: 5 }
    const storm = new Storm(small, 'c', NOW)
    const before = new Set(signalsOf(storm.messages(40, NOW)).map((s) => s.uid))
    const told = signalsOf(storm.messages(10, NOW))
    expect(told).toHaveLength(1_000)
    expect(told.every((s) => s.cluster === 'c' && s.lastAt === NOW)).toBe(true)
    const repeats = told.filter((s) => before.has(s.uid))
    expect(repeats.length / told.length).toBeGreaterThan(0.9)
    expect(repeats.every((s) => s.n > 1)).toBe(true)
  })

  it('repeats nothing where every Event is another one', () => {
    const told = signalsOf(new Storm(ALL_DISTINCT, 'c', NOW).messages(20, NOW))
    expect(new Set(told.map((s) => s.uid)).size).toBe(told.length)
    const opening = told.filter(({ n }) => n > 1)
    expect(opening.length / told.length).toBeCloseTo(0.01, 2)
    expect(opening.length).toBeGreaterThan(0)
  })

  it('is the same each time', () => {
    const messages = () => new Storm(STORM, 'c', NOW).messages(2, NOW)
    expect(messages()).toEqual(messages())
  })
})

describe('the CPU time of a process', () => {
  it('is read past a command that holds brackets and spaces', () => {
    const stat = '42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0'
    expect(ticksIn(stat)).toBe(2_000)
  })
})
