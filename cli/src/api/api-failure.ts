import { INCIDENT_DATABASE_AWAY } from '@kubesift/contracts'
import { status } from '@grpc/grpc-js'
import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'

/** Why a call failed, as far as it matters to what is done next. */
export type ApiProblem = 'away' | 'not-found' | 'expired' | 'invalid' | 'other'

const exitCodes: Partial<Record<ApiProblem, ExitCode>> = {
  away: ExitCode.notRunning,
  invalid: ExitCode.usage,
}

/** A call to the incident API that failed. */
export class ApiFailure extends CliFailure {
  readonly problem: ApiProblem

  constructor(message: string, problem: ApiProblem, options?: ErrorOptions) {
    super(message, exitCodes[problem] ?? ExitCode.failed, options)
    this.problem = problem
  }

  /** A gRPC error in words. */
  static from(why: unknown, address: string): ApiFailure {
    if (why instanceof ApiFailure) return why
    const code = why instanceof Error && 'code' in why ? why.code : undefined
    const details =
      why instanceof Error && 'details' in why && typeof why.details === 'string'
        ? why.details
        : String(why)
    const options = { cause: why }
    switch (code) {
      case status.UNAVAILABLE:
      case status.DEADLINE_EXCEEDED:
        return new ApiFailure(
          details === INCIDENT_DATABASE_AWAY
            ? `Kubesift at ${address} is there, but ${details}`
            : `Kubesift does not answer at ${address}: \`./kubesift status\` says what runs here, KUBESIFT_API names another`,
          'away',
          options,
        )
      case status.NOT_FOUND:
        return new ApiFailure(
          `${details}: \`./kubesift incidents list\` shows which there are`,
          'not-found',
          options,
        )
      case status.INVALID_ARGUMENT:
        return new ApiFailure(details, 'invalid', options)
      case status.OUT_OF_RANGE:
        return new ApiFailure(details, 'expired', options)
      default:
        return new ApiFailure(`the incident API refused: ${details}`, 'other', options)
    }
  }
}
