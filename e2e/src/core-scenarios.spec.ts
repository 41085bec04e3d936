import { decodeLogsJson } from '@kubesift/adapter-otlp'
import { loadCatalogue, loadKnowns } from '@kubesift/adapter-rules'
import type { Context, SignalChunk } from '@kubesift/contracts'
import { contextsOf } from '@kubesift/core-context'
import { ChunkBuilder, fromLogRecord } from '@kubesift/core-signal'
import { analysisOf } from '@kubesift/core-diagnosis'
import { incidentsOf } from '@kubesift/core-incident'
import { describe, expect, test } from 'vitest'
import {
  againstDump,
  miscounted,
  misdiagnosed,
  missed,
  spurious,
  wronglyEnded,
  type Found,
} from './judge.ts'
import { recount } from './recount.ts'
import { requestsOf, scenarios } from './scenario.ts'
import { loadTruth } from './truth.ts'

const CLUSTER = 'lab'
/** Longer than the longest stability window of a problem with a positive recovery signal. */
const SETTLE_MS = 15 * 60_000
const catalogue = loadCatalogue(new URL('../../rules/problems', import.meta.url).pathname)

/** Two Events of kubelet starts before the recording are in the storm's dump alone (its notes: "the kubectl dumps where they are higher"). */
const ONLY_IN_DUMPS: Readonly<Record<string, readonly string[]>> = {
  storm: [
    '/Node/worker-1 CgroupV1: the dump has 3, the records 2',
    '/Node/worker-2 CgroupV1: the dump has 4, the records 3',
  ],
}

const knowns = loadKnowns(new URL('../../rules/knowns', import.meta.url).pathname)

const chunksOf = (scenario: string): SignalChunk[] => {
  const builder = new ChunkBuilder()
  let offset = 0
  for (const { line } of requestsOf(scenario)) {
    for (const record of decodeLogsJson(line).records) {
      const read = fromLogRecord(record, { offset: offset++ })
      if (!read.ok) throw new Error(read.why)
      if ('signal' in read) builder.add(CLUSTER, read.namespace, read.signal)
    }
  }
  return builder.build({ topic: 'otel-logs', partition: 0 }, 1_000_000)
}

const foundIn = (contexts: readonly Context[]): Found[] =>
  contexts.flatMap((context) =>
    incidentsOf(context).map((incident) => ({
      owner: `${incident.namespace}/${incident.resourceKind}/${incident.resourceName}`,
      problem: incident.problem,
      status: incident.status,
      cause: analysisOf(incident, knowns)?.cause,
      firstSeenAt: incident.firstSeenAt,
      lastSeenAt: incident.lastSeenAt,
      reasons: context.reasons,
    })),
  )

describe.each(scenarios())('the recorded scenario %s', (scenario) => {
  const truth = loadTruth(scenario)
  const chunks = chunksOf(scenario)
  const recounted = recount(scenario)
  const hasObjects = requestsOf(scenario).some((r) => r.stream === 'objects')
  const atTheEnd = contextsOf(chunks, catalogue)
  const found = foundIn(atTheEnd.contexts)

  test('shows every expected cause and nobody else', () => {
    expect(missed(truth, found, hasObjects)).toEqual([])
    expect(spurious(truth, found)).toEqual([])
  })

  test('names the cause of each', () => {
    expect(misdiagnosed(truth, found)).toEqual([])
  })

  test('has the counts and times of its raw records, which agree with kubectl', () => {
    expect(againstDump(truth, recounted)).toEqual(ONLY_IN_DUMPS[scenario] ?? [])
    expect(miscounted(found, recounted)).toEqual([])
  })

  test('resolves nothing that has not recovered, and in time all that has', () => {
    expect(wronglyEnded(truth, found, false)).toEqual([])
    if (truth.expected.groups.some((g) => g.recovered_at !== null)) {
      const later = contextsOf(chunks, catalogue, { now: atTheEnd.newest! + SETTLE_MS })
      const ended = foundIn(later.contexts)
      const recovered = {
        ...truth,
        expected: {
          ...truth.expected,
          groups: truth.expected.groups.filter((g) => g.recovered_at !== null),
        },
      }
      expect(wronglyEnded(recovered, ended, true)).toEqual([])
    }
  })
})
