import { type LoggerService } from '@nestjs/common'
import { trace } from '@opentelemetry/api'
import { type Logger, pino, stdTimeFunctions } from 'pino'

export type { Logger } from 'pino'

/** The trace a line belongs to, so that logs and traces can be joined. */
const traceOf = (): object => {
  const span = trace.getActiveSpan()?.spanContext()
  return span !== undefined && trace.isSpanContextValid(span)
    ? { trace_id: span.traceId, span_id: span.spanId }
    : {}
}

/** JSON lines on stdout. Written at once, so that the last line of a dying process is there. */
export const createLogger = (
  name: string,
  level = 'info',
  out: { write(line: string): void } = process.stdout,
): Logger =>
  pino(
    {
      name,
      level,
      mixin: traceOf,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['password', 'token', 'secret', '*.password', '*.token', '*.secret'] },
    },
    out,
  )

/** Nest's own lines, in our format. Its start-up chatter is for debugging. */
export const nestLogger = (log: Logger): LoggerService => {
  const at =
    (write: (fields: object, message: string) => void) =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1)
      const fields = typeof context === 'string' ? { nest: context } : {}
      if (message instanceof Error) write({ ...fields, err: message }, message.message)
      else write(fields, String(message))
    }
  return {
    log: at((fields, message) => log.debug(fields, message)),
    debug: at((fields, message) => log.debug(fields, message)),
    verbose: at((fields, message) => log.trace(fields, message)),
    warn: at((fields, message) => log.warn(fields, message)),
    error: at((fields, message) => log.error(fields, message)),
    fatal: at((fields, message) => log.fatal(fields, message)),
  }
}
