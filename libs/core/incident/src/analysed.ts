import { compareVersions, type Analysis, type Incident } from '@kubesift/contracts'
import type { Step } from './incidents.ts'
import { sameJson } from './same-json.ts'
import type { Transition } from './transitions.ts'

/** What became of an analysis: taken up, or why not. */
export type Analysed =
  | { readonly ok: true; readonly step: Step }
  | { readonly ok: false; readonly why: 'older than the stored one' | 'already known' }

const sameFinding = (a: Analysis | null, b: Analysis): boolean =>
  a !== null && a.hypothesis === b.hypothesis && a.rule === b.rule

const percent = (confidence: number): string => `${Math.round(confidence * 100)} %`

const toldOf = (incident: Incident, analysis: Analysis): Transition => {
  const { epoch, offset } = analysis.contextVersion
  return {
    id: `${incident.id}/analysed/${epoch}.${offset}/${analysis.rule}`,
    type: 'analysed',
    at: analysis.at,
    status: incident.status,
    note: `${analysis.hypothesis} (${analysis.by} ${analysis.rule}, confidence ${percent(analysis.confidence)})`,
  }
}

/**
 * An analysis beside the incident. It moves no status, no severity and no context version, so it can never call for another analysis;
 * it is told of only when rule or hypothesis changed.
 */
export const analysed = (incident: Incident, analysis: Analysis): Analysed => {
  const stored = incident.analysis
  if (stored !== null) {
    if (compareVersions(analysis.contextVersion, stored.contextVersion) < 0) {
      return { ok: false, why: 'older than the stored one' }
    }
    if (sameJson(analysis, stored)) return { ok: false, why: 'already known' }
  }
  const transitions = sameFinding(stored, analysis) ? [] : [toldOf(incident, analysis)]
  return {
    ok: true,
    step: { incident: { ...incident, analysis, revision: incident.revision + 1 }, transitions },
  }
}
