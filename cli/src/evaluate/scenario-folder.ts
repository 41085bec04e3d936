import type { Expectation, Input } from '@kubesift/core-evaluation'
import type { TriageInput } from '../triage/triage.ts'

/** Which label says what is expected. */
export type LabelKind = 'truth' | 'grouping' | 'label' | 'healthy'

/** A scenario that can be run: what to read, and what the label makes of it once it is known what was read. */
export interface ScenarioFolder {
  readonly name: string
  readonly kind: LabelKind
  readonly inputs: readonly TriageInput[]
  readonly expect: (input: Input) => Expectation
}

/** A folder that was named or found; `why` says why it cannot be run. */
export type FoundFolder =
  | { readonly ok: true; readonly folder: ScenarioFolder }
  | {
      readonly ok: false
      readonly name: string
      readonly status: 'not-judged' | 'error'
      readonly why: string
    }

/** Thrown by `expect` where a label can be read and has nothing to say of what was recorded. */
export class NotJudged extends Error {}
