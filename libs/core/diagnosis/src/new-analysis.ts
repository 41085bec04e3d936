import { compareVersions, type Analysis, type Incident, type Knowns } from '@kubesift/contracts'
import { analysisOf } from './analysis-of.ts'

type Analysed = Pick<Incident, 'id' | 'key' | 'context' | 'analysis' | 'status'>

/**
 * Whether an incident may need another look. An analysis that was read from this context (or a newer one) by these rules stands,
 * whoever made it; what was closed keeps the finding that people acted on; what was merged is told elsewhere. A resolved incident is
 * still looked at: the finding is a function of the newest context, so that a replay at any speed ends with the same one.
 */
const needsLook = ({ analysis, context, status }: Analysed, rulesHash: string): boolean => {
  if (status === 'merged' || (status === 'closed' && analysis !== null)) return false
  if (analysis === null) return true
  const sameRules = analysis.by !== 'known' || analysis.rulesHash === rulesHash
  return !(sameRules && compareVersions(analysis.contextVersion, context.version) >= 0)
}

/** All that a reader would notice. Version, time and rule hash are how it was found, not what was found. */
const finding = (a: Analysis): string =>
  JSON.stringify([a.by, a.rule, a.cause, a.hypothesis, a.confidence, a.evidence, a.recommendations])

/**
 * The analysis to publish for an incident, or undefined when it already has what the knowns would say.
 * Store and analyst feed each other (an analysis makes a new revision of the incident), so this is where the circle ends:
 * an analysis moves no context version, and what would be said again is not said.
 */
export const newAnalysisOf = (incident: Analysed, knowns: Knowns): Analysis | undefined => {
  if (!needsLook(incident, knowns.hash)) return undefined
  const analysis = analysisOf(incident, knowns)
  if (!analysis || !incident.analysis) return analysis
  return finding(analysis) === finding(incident.analysis) ? undefined : analysis
}
