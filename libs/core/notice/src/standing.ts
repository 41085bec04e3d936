import { severities, type Incident, type Severity } from '@kubesift/contracts'

/** Where a group stands, as far as anybody has to be told. */
export interface Standing {
  readonly phase: 'open' | 'ended'
  readonly severity: Severity
  /** How often it has come back so far. */
  readonly reopenCount: number
}

/** What was told last. `severity` is the worst one told since it opened, so that a fall and a rise back are no news. */
export interface Told {
  readonly phase: 'nothing' | 'open' | 'ended'
  readonly severity: Severity
  readonly reopenCount: number
}

export const NOTHING_TOLD: Told = { phase: 'nothing', severity: 'P4', reopenCount: 0 }

const ENDED: readonly string[] = ['resolved', 'closed', 'merged']

/** Acknowledged and investigating are open: somebody looks, and it is not over. */
export const standingOf = ({
  status,
  severity,
  reopenCount,
}: Pick<Incident, 'status' | 'severity' | 'reopenCount'>): Standing => ({
  phase: ENDED.includes(status) ? 'ended' : 'open',
  severity,
  reopenCount,
})

export const isWorse = (a: Severity, b: Severity): boolean =>
  severities.indexOf(a) < severities.indexOf(b)
