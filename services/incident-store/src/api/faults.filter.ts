import { Failure, INCIDENT_DATABASE_AWAY } from '@kubesift/contracts'
import { Catch, type ExceptionFilter } from '@nestjs/common'
import { GrpcException, GrpcStatus } from '@nestjs/microservices'
import { throwError, type Observable } from 'rxjs'

/** What the API needs of a log: a fault that somebody has to look at. */
export interface FaultLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** Turns what a call threw into a gRPC status; inner words stay inside. */
@Catch()
export class FaultsFilter implements ExceptionFilter {
  readonly #log: FaultLog

  constructor(log: FaultLog) {
    this.#log = log
  }

  catch(error: unknown): Observable<never> {
    return throwError(() => this.#statusOf(error))
  }

  #statusOf(error: unknown): { readonly code: GrpcStatus; readonly message: string } {
    if (error instanceof GrpcException) return error.getError()
    if (error instanceof Failure && error.next === 'retry') {
      return { code: GrpcStatus.UNAVAILABLE, message: INCIDENT_DATABASE_AWAY }
    }
    this.#log.error({ err: error }, 'a call of the incident API failed')
    return {
      code: GrpcStatus.INTERNAL,
      message: 'internal error; the log of incident-store has it',
    }
  }
}
