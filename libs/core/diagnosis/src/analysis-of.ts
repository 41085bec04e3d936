import type { Analysis, Incident, Knowns } from '@kubesift/contracts'
import { diagnose } from './diagnose.ts'

/** The analysis of an incident's present context by the most confident known; undefined when no known has anything to say. */
export const analysisOf = (
  { id, key, context }: Pick<Incident, 'id' | 'key' | 'context'>,
  knowns: Knowns,
): Analysis | undefined => {
  const [best] = diagnose(context, knowns)
  if (!best) return undefined
  return {
    incidentId: id,
    key,
    contextVersion: context.version,
    by: 'known',
    rulesHash: knowns.hash,
    ...best,
    at: context.lastSeenAt,
  }
}
