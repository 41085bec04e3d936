import type { Json } from './pick.ts'

/** One OTLP log record as a reader hands it over (`adapter-otlp`), its resource's attributes beside it. */
export interface LogRecord {
  readonly resource: Json
  readonly attributes: Json
  readonly body: unknown
  readonly timeMs: number | null
  readonly observedMs: number | null
  readonly severityText: string
  /** 1 to 24, or 0 for unspecified. */
  readonly severityNumber?: number
}
