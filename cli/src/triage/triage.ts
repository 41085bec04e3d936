import type { Catalogue, Incident, Knowns } from '@kubesift/contracts'
import { contextsOf, type IgnoreRules } from '@kubesift/core-context'
import { analysisOf } from '@kubesift/core-diagnosis'
import { incidentsOf, severityRank } from '@kubesift/core-incident'
import { incidentJson } from './incident-json.ts'
import { itemsOf } from './input/items-of.ts'
import { piecesOf } from './input/pieces-of.ts'
import { Intake, type Rejection } from './intake.ts'
import type { TriageOutput } from './output.ts'

/** One file, or standard input. */
export interface TriageInput {
  readonly name: string
  readonly bytes: () => AsyncIterable<Uint8Array>
}

export interface TriageOptions {
  readonly catalogue: Catalogue
  readonly knowns: Knowns
  /** What operators do not want to be told. */
  readonly ignores?: IgnoreRules
  readonly cluster: string
  /** Decides what has recovered by its silence; default: the newest time in the input. */
  readonly now?: number
  /** Tells the time to what has none, where nothing in the input has. */
  readonly clock: () => number
  readonly onRejected: (rejection: Rejection) => void
}

export type Triaged =
  | { readonly ok: true; readonly output: TriageOutput; readonly now: number | undefined }
  /** Not one input was of a form that we know. */
  | { readonly ok: false; readonly rejection: Rejection }

/** The whole pipeline in this process: inputs → signals → contexts → incidents → what the knowns say of them. */
export const triage = async (
  inputs: readonly TriageInput[],
  options: TriageOptions,
): Promise<Triaged> => {
  const intake = new Intake(options)
  for (const { name, bytes } of inputs) await intake.read(name, itemsOf(piecesOf(bytes(), name)))
  intake.finish({ now: options.now, clock: options.clock })
  const rejection = intake.nothing
  if (rejection !== undefined) return { ok: false, rejection }
  const found = contextsOf(intake.chunks, options.catalogue, {
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.ignores === undefined ? {} : { ignores: options.ignores }),
  })
  const incidents = found.contexts
    .flatMap((context) => incidentsOf(context))
    .filter((incident) => incident.status !== 'merged')
    .sort(bySeverity)
    .map((incident) => incidentJson(incident, analysisOf(incident, options.knowns)))
  const ignored = found.ignored
    .map(({ reason, count, why, owner, rule }) => ({
      reason,
      count,
      why,
      ...(owner === undefined ? {} : { owner }),
      ...(rule === undefined ? {} : { rule }),
    }))
    .sort(
      (a, b) =>
        b.count - a.count || compare(a.reason, b.reason) || compare(a.owner ?? '', b.owner ?? ''),
    )
  return {
    ok: true,
    now: options.now ?? found.newest,
    output: { incidents, ignored, stats: { ...intake.stats, incidents: incidents.length } },
  }
}

/** What is open comes first, then by severity, then the oldest; the rest of the order only makes it the same every time. */
const bySeverity = (a: Incident, b: Incident): number =>
  rankOf(a) - rankOf(b) ||
  severityRank(a.severity) - severityRank(b.severity) ||
  a.firstSeenAt - b.firstSeenAt ||
  compare(a.key, b.key) ||
  a.episode - b.episode

const rankOf = ({ status }: Incident): number => (status === 'open' ? 0 : 1)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
