import type { Analysis, Context, Incident, IncidentEvent } from '@kubesift/contracts'
import { analysed } from './analysed.ts'
import { stepsOf, type Step } from './incidents.ts'
import { noteOf, type Note } from './notes.ts'
import { causeOf } from './transitions.ts'

/** What a store has to write, all or nothing, for one changed incident. */
export interface Effect {
  readonly incident: Incident
  readonly events: readonly IncidentEvent[]
  readonly notes: readonly Note[]
}

/** One step with what has to be written for it. */
export const effectOf = (
  { incident, transitions }: Step,
  cause: IncidentEvent['cause'],
): Effect => {
  const first = incident.revision - transitions.length + 1
  return {
    incident,
    notes: transitions.map((transition) => noteOf(incident.id, transition, cause)),
    events: transitions.map(({ type, at, status, note }, i) => ({
      incidentId: incident.id,
      key: incident.key,
      revision: first + i,
      type,
      at,
      severity: incident.severity,
      status,
      note,
      cause,
    })),
  }
}

/** Everything that a context causes for the incidents of its key, given what is stored of them. */
export const effectsOf = (context: Context, known: readonly Incident[]): readonly Effect[] =>
  stepsOf(context, known).map((step) => effectOf(step, causeOf(context)))

/** What an analysis causes, or undefined where it is refused or says nothing new. `at` is where the analysis stands in Kafka. */
export const effectOfAnalysis = (
  incident: Incident,
  analysis: Analysis,
  at: { readonly topic: string; readonly partition: number; readonly offset: number },
): Effect | undefined => {
  const answer = analysed(incident, analysis)
  return answer.ok ? effectOf(answer.step, { ...at, rulesHash: analysis.rulesHash }) : undefined
}
