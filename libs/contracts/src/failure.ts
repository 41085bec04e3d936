/**
 * What the pipeline should do next is part of the error.
 * `retry`: the same input may work later (a dependency is down). `dead-letter`: it never will. `crash`: this process cannot go on.
 */
export type NextStep = 'retry' | 'dead-letter' | 'crash'

/** Base of every error of ours: the message is for people (what happened, to what, what to do), `code` is for machines. */
export abstract class Failure extends Error {
  abstract readonly code: string
  abstract readonly next: NextStep

  readonly details: Readonly<Record<string, unknown>>

  constructor(
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = new.target.name
    this.details = details
  }
}

/** Input that breaks its contract: it will be as broken next time. */
export class ContractViolation extends Failure {
  readonly code = 'CONTRACT_VIOLATION'
  readonly next = 'dead-letter'
}

/** A backing service cannot be reached or refuses for now. */
export class DependencyUnavailable extends Failure {
  readonly code = 'DEPENDENCY_UNAVAILABLE'
  readonly next = 'retry'
}

/** Another process owns this partition's state now: drop the partition and its caches, write nothing. */
export class Fenced extends Failure {
  readonly code = 'FENCED'
  readonly next = 'retry'
}

export const nextStep = (error: unknown): NextStep =>
  error instanceof Failure ? error.next : 'crash'
