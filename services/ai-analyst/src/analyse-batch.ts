import type { Batch, Parked } from '@kubesift/adapter-kafka'
import type { Analysis, Incident, Knowns } from '@kubesift/contracts'
import { newAnalysisOf } from '@kubesift/core-diagnosis'

/** An analysis to publish, and the trace that it goes on. */
export interface Answer {
  readonly analysis: Analysis
  readonly traceparent: string | undefined
}

export interface Answers {
  readonly answers: readonly Answer[]
  /** Documents that no analysis could be made of: a fault of ours, to be looked at, that must not hold up the others. */
  readonly parked: readonly Parked[]
}

type Incoming = Batch<Incident>['records'][number]

/** Of several revisions in one batch only the newest is worth a look. */
const newestPerIncident = (records: readonly Incoming[]): readonly Incoming[] => [
  ...new Map(
    records.toSorted((a, b) => a.value.revision - b.value.revision).map((r) => [r.value.id, r]),
  ).values(),
]

/** What the knowns have to say of a batch of incidents. */
export const analyseBatch = (records: readonly Incoming[], knowns: Knowns): Answers => {
  const answers: Answer[] = []
  const parked: Parked[] = []
  for (const record of newestPerIncident(records)) {
    try {
      const analysis = newAnalysisOf(record.value, knowns)
      if (analysis) answers.push({ analysis, traceparent: record.traceparent })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      parked.push({ record, why: `diagnosis failed: ${why}`, code: 'DIAGNOSIS_FAILED' })
    }
  }
  return { answers, parked }
}
