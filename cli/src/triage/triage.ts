import type { Analysis, Catalogue, Incident, Knowns, SignalChunk } from '@kubesift/contracts'
import { contextsOf, type IgnoreRules, type InProcess } from '@kubesift/core-context'
import { analysisOf } from '@kubesift/core-diagnosis'
import { incidentsOf, inGroups, inLinks, severityRank } from '@kubesift/core-incident'
import { inGroupOrder } from '../render/groups.ts'
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
  | {
      readonly ok: true
      readonly output: TriageOutput
      readonly now: number | undefined
      /** Newest time in the input. */
      readonly newest: number | undefined
    }
  /** Not one input was of a form that we know. */
  | { readonly ok: false; readonly rejection: Rejection }

/** An incident, and what the knowns say of it. */
export interface Explained {
  readonly incident: Incident
  readonly analysis: Analysis | undefined
}

/** What the core makes of what was read. */
export interface Decided {
  readonly incidents: readonly Explained[]
  readonly ignored: InProcess['ignored']
  /** Newest time in the input. */
  readonly newest: number | undefined
}

/** Inputs → signals. */
export const takeIn = async (
  inputs: readonly TriageInput[],
  options: Pick<TriageOptions, 'cluster' | 'now' | 'clock' | 'onRejected'>,
): Promise<Intake> => {
  const intake = new Intake(options)
  for (const { name, bytes } of inputs) await intake.read(name, itemsOf(piecesOf(bytes(), name)))
  intake.finish({ now: options.now, clock: options.clock })
  return intake
}

/** Signals → contexts → incidents → what the knowns say of them. */
export const decide = (
  chunks: readonly SignalChunk[],
  options: Pick<TriageOptions, 'catalogue' | 'knowns' | 'now' | 'ignores'>,
): Decided => {
  const found = contextsOf(chunks, options.catalogue, {
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.ignores === undefined ? {} : { ignores: options.ignores }),
  })
  const incidents = inLinks(inGroups(found.contexts.flatMap((context) => incidentsOf(context))))
    .filter((incident) => incident.status !== 'merged')
    // As of a moment before it began there is none.
    .filter((incident) => incident.openedAt <= (options.now ?? Infinity))
    .sort(bySeverity)
    .map((incident) => ({ incident, analysis: analysisOf(incident, options.knowns) }))
  return { incidents, ignored: found.ignored, newest: found.newest }
}

/** The whole pipeline in this process, as it is printed. */
export const triage = async (
  inputs: readonly TriageInput[],
  options: TriageOptions,
): Promise<Triaged> => {
  const intake = await takeIn(inputs, options)
  const rejection = intake.nothing
  if (rejection !== undefined) return { ok: false, rejection }
  const found = decide(intake.chunks, options)
  const incidents = inGroupOrder(
    found.incidents.map(({ incident, analysis }) => incidentJson(incident, analysis)),
  )
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
    newest: found.newest,
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
