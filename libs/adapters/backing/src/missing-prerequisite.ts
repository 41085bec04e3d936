import { Failure } from '@kubesift/contracts'

/** This machine lacks something that a backing service needs; the message names it and how to get it. */
export class MissingPrerequisite extends Failure {
  readonly code = 'MISSING_PREREQUISITE'
  readonly next = 'crash'
}

/** A backing service ended or did not answer; its log says more. */
export class BackingFailed extends Failure {
  readonly code = 'BACKING_FAILED'
  readonly next = 'retry'
}
