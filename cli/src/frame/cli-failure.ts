import { Failure } from '@kubesift/contracts'
import { ExitCode } from './exit-code.ts'

/** An end that the user can act on: one line, no stack trace, and the exit code that says which kind it is. */
export class CliFailure extends Failure {
  readonly code = 'CLI_FAILURE'
  readonly next = 'crash'
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = ExitCode.failed, options?: ErrorOptions) {
    super(message, { exitCode }, options)
    this.exitCode = exitCode
  }
}

/** Wrong arguments or wrong input. */
export const usageFailure = (message: string): CliFailure => new CliFailure(message, ExitCode.usage)

/** Something that must be there first: the message names it and how to get it. */
export const missingFailure = (message: string, options?: ErrorOptions): CliFailure =>
  new CliFailure(message, ExitCode.missing, options)
