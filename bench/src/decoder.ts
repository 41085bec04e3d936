import { decodeLogs } from '@kubesift/adapter-otlp'
import { measureInterleaved, type Measured, type RoundPlan, type Variant } from './interleaved.ts'
import { plainRecords, protobufjsDecoder } from './protobufjs-logs.ts'
import { capturesFolder, recordedPayloads } from './recorded-payloads.ts'

export interface DecoderWorkload {
  readonly name: string
  readonly messages: number
  readonly bytesPerRecord: number
  readonly measured: readonly Measured[]
  /** Ours over protobufjs, at its bare decode and at the same result. */
  readonly overProtobufjs: number
  readonly overProtobufjsPlain: number
  /** Ours over ours: how far from 1 the noise of this run goes. */
  readonly noise: number
}

const DEFAULT_PLAN: RoundPlan = { rounds: 11, warmUpRounds: 3, roundCpuMs: 250 }

const OURS = 'kubesift'
const OURS_AGAIN = 'kubesift (A/A)'
const PROTOBUFJS = 'protobufjs static'
const PROTOBUFJS_PLAIN = 'protobufjs static + plain records'

/** The decoders as variants over the same protobuf payloads, for this benchmark and for any that puts a consumer around them. */
export const decoderVariants = (): readonly Variant[] => {
  const decode = protobufjsDecoder()
  return [
    { name: OURS, run: (bytes) => decodeLogs(bytes).records.length },
    { name: PROTOBUFJS, run: (bytes) => decode(bytes).resourceLogs.length },
    { name: PROTOBUFJS_PLAIN, run: (bytes) => plainRecords(decode(bytes)).length },
    {
      name: `${OURS}, every key read`,
      run: (bytes) => decodeLogs(bytes, EVERY_KEY).records.length,
    },
    { name: OURS_AGAIN, run: (bytes) => decodeLogs(bytes).records.length },
  ]
}

const EVERY_KEY = { skipKeys: [] }

/** Records per CPU-second of our reader and of protobufjs, on recorded events and objects. */
export const benchDecoder = async (
  plan: RoundPlan = DEFAULT_PLAN,
): Promise<readonly DecoderWorkload[]> => {
  const workloads = [
    {
      name: 'events, 100 records a message',
      payloads: recordedPayloads('events.otlp.jsonl.gz', 100, 8),
    },
    {
      name: 'objects, 20 records a message',
      payloads: recordedPayloads('objects.otlp.jsonl.gz', 20),
    },
  ]
  const results: DecoderWorkload[] = []
  for (const { name, payloads } of workloads) {
    if (payloads.length === 0) throw new Error(`no recordings under ${capturesFolder()}`)
    results.push(await oneWorkload(name, payloads, plan))
  }
  return results
}

const oneWorkload = async (
  name: string,
  payloads: readonly Uint8Array[],
  plan: RoundPlan,
): Promise<DecoderWorkload> => {
  const variants = decoderVariants()
  const measured = await measureInterleaved(variants, payloads, plan)
  const rate = (variant: string): number =>
    measured.find((m) => m.name === variant)?.recordsPerCpuSecond ?? NaN
  const records = payloads.reduce((sum, bytes) => sum + decodeLogs(bytes).records.length, 0)
  return {
    name,
    messages: payloads.length,
    bytesPerRecord: payloads.reduce((sum, bytes) => sum + bytes.length, 0) / records,
    measured,
    overProtobufjs: rate(OURS) / rate(PROTOBUFJS),
    overProtobufjsPlain: rate(OURS) / rate(PROTOBUFJS_PLAIN),
    noise: rate(OURS_AGAIN) / rate(OURS),
  }
}

/** The result as lines for people. */
export const decoderReport = (workloads: readonly DecoderWorkload[]): string =>
  workloads
    .map((w) =>
      [
        `${w.name} (${w.messages} messages, ${Math.round(w.bytesPerRecord)} bytes a record)`,
        ...w.measured.map(
          (m) =>
            `  ${m.name.padEnd(36)} ${Math.round(m.recordsPerCpuSecond).toLocaleString('en').padStart(9)} records per CPU-second`,
        ),
        `  ours over protobufjs static ${w.overProtobufjs.toFixed(2)}, with plain records ${w.overProtobufjsPlain.toFixed(2)}; A/A ${w.noise.toFixed(3)}`,
      ].join('\n'),
    )
    .join('\n\n')

if (import.meta.main) console.log(decoderReport(await benchDecoder()))
