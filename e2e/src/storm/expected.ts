import { decodeLogsJson } from '@kubesift/adapter-otlp'
import { loadCatalogue, loadKnowns } from '@kubesift/adapter-rules'
import type { Incident, SignalChunk } from '@kubesift/contracts'
import { contextsOf } from '@kubesift/core-context'
import { analysisOf } from '@kubesift/core-diagnosis'
import { inGroups, incidentsOf } from '@kubesift/core-incident'
import { ChunkBuilder, fromLogRecord } from '@kubesift/core-signal'
import { requestOf, type Said } from './records.ts'

const rules = (name: string): string => new URL(`../../../rules/${name}`, import.meta.url).pathname
const catalogue = loadCatalogue(rules('problems'))
const knowns = loadKnowns(rules('knowns'))

const chunksOf = (said: readonly Said[], cluster: string): SignalChunk[] => {
  const builder = new ChunkBuilder()
  for (const [offset, one] of said.entries()) {
    for (const record of decodeLogsJson(requestOf([one], cluster)).records) {
      const read = fromLogRecord(record, { offset })
      if (!read.ok) throw new Error(read.why)
      if ('signal' in read) builder.add(cluster, read.namespace, read.signal)
    }
  }
  return builder.build({ topic: 'otel-logs', partition: 0 }, 1_000_000)
}

/** What the core makes of what was said, everything until `now` taken as known. */
export const incidentsOfStorm = (said: readonly Said[], cluster: string, now: number): Incident[] =>
  inGroups(
    contextsOf(chunksOf(said, cluster), catalogue, { now }).contexts.flatMap((context) =>
      incidentsOf(context),
    ),
  )
    .filter((incident) => incident.status !== 'merged')
    .map((incident) => ({ ...incident, analysis: analysisOf(incident, knowns) ?? null }))
