export { BLIND, blindContext, deafContext } from './blindness.ts'
export { Classifier, type Classified } from './classify.ts'
export type { Derived } from './derive.ts'
export { BASE_POINTS } from './severity-terms.ts'
export { eventFact, isKept, joinEvent, type EventFact } from './event-fact.ts'
export { NO_IGNORES, type Asked, type IgnoreRules } from './ignores.ts'
export { contextsOf, type Ignored, type InProcess } from './in-process.ts'
export { NamespaceMachine } from './machine.ts'
export type { Settled } from './settled.ts'
export { joinObject, type ObjectFact } from './object-fact.ts'
export { CANARY, CANARY_NAMESPACE, isCanary } from './canary.ts'
export { GAP_MS } from './silences.ts'
export { sourcesAfter, sourcesOf } from './cluster-sources.ts'
export { isOther } from './other-facts.ts'
export { RETIRE_AFTER_MS, TOO_LATE_FIELD } from './retirement.ts'
export { isOlder, measuredAt, seedsOf, tellsOfEnds, type Horizon } from './seeding.ts'
export type { TooLateByKind } from './too-late.ts'
export type { Fields } from './stored-facts.ts'
export {
  ALLOWED_LATENESS_MS,
  NO_CLOCK,
  advance,
  blindSpellsOf,
  deafSpellsOf,
  gapsOf,
  homeOf,
  watermarkOf,
  type Clock,
} from './watermark.ts'
