export { blastRadiusOf } from './blast-radius.ts'
export { effectOfAnalysis, effectsOf, type Effect } from './effects.ts'
export { episodesOf, REOPEN_WINDOW_MS, type Episode, type OpenedSpell } from './episodes.ts'
export { groupsOf, inGroups, withGroup, type Constraints, type Group } from './groups.ts'
export { groupableOf, type Groupable } from './groupable.ts'
export { type Join } from './group-joins.ts'
export { incidentIdOf, noteIdOf } from './ids.ts'
export {
  placed,
  placedIn,
  regroup,
  type Candidate,
  type Placed,
  type Placement,
  type Regrouping,
} from './regroup.ts'
export { incidentsOf, stepsOf, type Step } from './incidents.ts'
export { analysed, type Analysed } from './analysed.ts'
export {
  inLinks,
  linkableOf,
  linked,
  linksOf,
  LINK_WINDOW_MS,
  type Delivered,
  type Linkable,
} from './links.ts'
export { noteKinds, noteOf, SYSTEM_ACTOR, type Note, type NoteKind } from './notes.ts'
export {
  BASE_POINTS,
  REOPEN_POINTS,
  REOPEN_POINTS_MAX,
  scoreSeverity,
  SEVERITY_THRESHOLDS,
  severityRank,
  type Score,
  type SeverityTerm,
} from './severity.ts'
export { formatSpan } from './spans.ts'
export {
  causeOf,
  resolutionNote,
  transitionsOf,
  type Draft,
  type Transition,
} from './transitions.ts'
