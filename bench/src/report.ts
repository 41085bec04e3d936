import { BARE, DECODING, type ContextBuilderWorkload } from './context-builder.ts'
import { timesAsLong, type FairnessResult, type FairSide } from './fair-turns.ts'
import type { Holding } from './holding.ts'
import type { LatencyResult } from './latency.ts'
import { median, timesAsFast } from './interleaved.ts'
import type { Quantiles } from './quantiles.ts'
import type { Scale } from './scale.ts'

const number = (value: number): string => Math.round(value).toLocaleString('en')

/** One workload as lines for people: medians, the ratio to the bare fetch, and how far the rounds lay apart. */
export const contextBuilderReport = (workload: ContextBuilderWorkload): string => {
  const { measured, costs } = workload
  const bare = measured.find(({ name }) => name === BARE)
  const decoding = measured.find(({ name }) => name === DECODING)
  const perRecord = (ms: number): string =>
    `${((1000 * ms) / (workload.recordsPerTurn * costs.length)).toFixed(2)} µs`
  const sum = (of: (c: (typeof costs)[number]) => number): number =>
    costs.reduce((all, c) => all + of(c), 0)
  const cost = (of: (c: (typeof costs)[number]) => number): string => number(median(costs.map(of)))
  return [
    `${workload.name} (${number(workload.recordsPerTurn)} records a turn, ${Math.round(workload.bytesPerRecord)} bytes a record)`,
    `  ${'records per CPU-second'.padEnd(52)} ${'median'.padStart(9)}  of bare   range`,
    ...measured.map(({ name, recordsPerCpuSecond, rounds }) =>
      [
        `  ${name.padEnd(52)} ${number(recordsPerCpuSecond).padStart(9)}`,
        timesAsFast({ name, recordsPerCpuSecond, rounds }, bare).toFixed(3).padStart(7),
        `  ${number(Math.min(...rounds))} to ${number(Math.max(...rounds))}`,
      ].join('  '),
    ),
    `  decoder over protobufjs static (both with the fetch): ${workload.decoderOverProtobufjs.toFixed(2)}`,
    `  whole service, all turns together:                    ${number(workload.serviceRate)} records per CPU-second`,
    `  that over the decoding consumer's median:             ${workload.serviceOverDecoding.toFixed(3)}`,
    `  noise: consumer A/A ${workload.consumerNoise.toFixed(3)}, service A/A ${workload.serviceNoise.toFixed(3)}`,
    `  a turn of the service: normalise ${cost((c) => c.normaliseMs)} ms of CPU, assemble ${cost((c) => c.assembleMs)} ms, ${cost((c) => c.contexts)} contexts published`,
    `  CPU per record, all turns together: normalise ${perRecord(sum((c) => c.normaliseMs))}, assemble ${perRecord(sum((c) => c.assembleMs))}; the decoding consumer ${(1e6 / (decoding?.recordsPerCpuSecond ?? NaN)).toFixed(2)} µs`,
  ].join('\n')
}

/** What open contexts cost as lines for people. */
export const scaleReport = ({ measured, slope, bytesPer100k }: Scale): string =>
  [
    'open contexts (the core alone, fed by labelled storms of many clusters at once)',
    `  ${'contexts'.padStart(9)}  ${'signals'.padStart(11)}  ${'CPU'.padStart(10)}  CPU each   memory each`,
    ...measured.map(({ contexts, signals, cpuMs, bytes }) =>
      [
        `  ${number(contexts).padStart(9)}`,
        number(signals).padStart(11),
        `${number(cpuMs).padStart(7)} ms`,
        `${(cpuMs / contexts).toFixed(2)} ms`.padStart(8),
        `${(bytes / contexts / 1000).toFixed(1)} kB`.padStart(12),
      ].join('  '),
    ),
    `  memory per 100,000 open contexts, with all that is known of their objects: ${(bytesPer100k / 1e9).toFixed(2)} GB`,
    `  growth of CPU with contexts, log-log slope (1 is linear):                   ${slope.toFixed(3)}`,
  ].join('\n')

const quantiles = ({ p50, p99, max }: Quantiles): string =>
  `p50 ${number(p50)} ms, p99 ${number(p99)} ms, max ${number(max)} ms`

/** The latencies at each rate as lines for people. */
export const latencyReport = (results: readonly LatencyResult[]): string =>
  results
    .map((r) =>
      [
        `${number(r.recordsPerSecond)} records/s (sent ${number(r.sentPerSecond)}/s), ${r.probes} new incidents among them, ${r.missing} not seen`,
        `  record to committed row in Postgres (asked every 10 ms): ${quantiles(r.committed)}`,
        `  record to the incident on topic incidents:              ${quantiles(r.published)}`,
      ].join('\n'),
    )
    .join('\n\n')

const sideLines = (name: string, side: FairSide): readonly string[] => [
  `  ${name}: ${number(side.recordsPerSecond)} records/s, ${side.probes} new incidents among them, ${side.missing} not seen`,
  `    record to context:                       ${quantiles(side.context)}`,
  `    record to committed row in Postgres:     ${quantiles(side.committed)}`,
  `    share of a core: normalise ${side.cores.normalise.toFixed(2)}, assemble ${side.cores.assemble.toFixed(2)}; left behind at the end: ${number(side.left.normalise)} messages, ${number(side.left.assemble)} chunks`,
]

/** What one namespace makes the others wait, as lines for people. */
export const fairnessReport = (results: readonly FairnessResult[]): string =>
  results
    .map((r) =>
      [
        `${number(r.recordsPerSecond)} records/s, ${Math.round(r.heavyShare * 100)} % of them of one namespace; measured on the others`,
        ...sideLines('the others alone', r.alone),
        ...sideLines('beside the heavy one', r.beside),
        `    of these, on its partition of signals:   ${quantiles(r.beside.besideHeavy)}`,
        `  times as long: context p50 ${timesAsLong(r, 'context', 'p50').toFixed(2)}, p99 ${timesAsLong(r, 'context', 'p99').toFixed(2)}; row p50 ${timesAsLong(r, 'committed', 'p50').toFixed(2)}, p99 ${timesAsLong(r, 'committed', 'p99').toFixed(2)}`,
      ].join('\n'),
    )
    .join('\n\n')

/** How long one namespace holds `assemble`, as lines for people. */
export const holdingReport = (measured: readonly Holding[]): string =>
  [
    'one namespace at 4,500 records/s: the longest that it holds assemble, ms of CPU (the core alone; nobody else is in it)',
    `  ${'open owners'.padStart(11)}  join 1 s  openings  counts of all at once  counts in parts`,
    ...measured.map((m) =>
      [
        `  ${number(m.owners).padStart(11)}`,
        number(m.joinMs).padStart(8),
        number(m.openMs).padStart(8),
        number(m.allMs).padStart(21),
        number(m.partMs).padStart(15),
      ].join('  '),
    ),
  ].join('\n')
