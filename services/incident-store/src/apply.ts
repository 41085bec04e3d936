import type { Handle } from '@kubesift/adapter-kafka'
import type { Applied, IncidentWriter, StreamPosition } from '@kubesift/adapter-postgres'
import type { Analysis, Context } from '@kubesift/contracts'
import { inSpan } from './spans.ts'
import { storeFacts } from './store-facts.ts'

/** The name of a topic on the broker: positions of a prefixed run are its own. */
export type Named = (topic: string) => string

const applied = (topic: string, count: number, work: () => Promise<Applied>): Promise<void> =>
  inSpan('apply', { 'kubesift.topic': topic, 'kubesift.records': count }, async (span) => {
    const result = await work()
    span.setAttribute('kubesift.changed', result.changed)
    span.setAttribute('kubesift.dropped', result.dropped)
    storeFacts.applied(topic, result)
  })

/** Contexts become incidents, notes and transitions: one transaction for the batch. */
export const applyContexts =
  (writer: IncidentWriter, named: Named): Handle<Context> =>
  async ({ topic, partition, records, lastOffset }) => {
    const position: StreamPosition = { topic: named(topic), partition, next: lastOffset + 1 }
    // The record's header names the span that published it, which is nearer than what the builder noted inside.
    const contexts = records.map(({ value, traceparent }) =>
      traceparent === undefined ? value : { ...value, traceparent },
    )
    await applied(topic, records.length, () => writer.applyContexts(contexts, position))
    return { through: lastOffset }
  }

/** Analyses go beside their incidents, or wait for them. */
export const applyAnalyses =
  (writer: IncidentWriter, named: Named): Handle<Analysis> =>
  async ({ topic, partition, records, lastOffset }) => {
    const position: StreamPosition = { topic: named(topic), partition, next: lastOffset + 1 }
    const analyses = records.map(({ value, offset }) => ({
      analysis: value,
      position: { topic, partition, offset },
    }))
    await applied(topic, records.length, () => writer.applyAnalyses(analyses, position))
    return { through: lastOffset }
  }
