import type { Analysis, Position } from '@kubesift/contracts'
import type { Sql } from './database.ts'

/** An analysis and where it stands in Kafka. */
export interface PlacedAnalysis {
  readonly analysis: Analysis
  readonly position: Position
}

/**
 * One row per incident id is the meeting point of an incident and its analysis, whichever comes first: both write it, so whoever
 * comes second waits for the other's commit and sees it. Without it both could miss each other.
 */
export const takeSlots = async (
  sql: Sql,
  incidentIds: readonly string[],
): Promise<ReadonlyMap<string, PlacedAnalysis>> => {
  if (incidentIds.length === 0) return new Map()
  const rows = await sql.rows<{ id: string; analysis: Analysis | null; cause: Position | null }>(
    `insert into incident_analysis as a (incident_id, context_epoch, context_offset)
     select id, 0, 0 from unnest($1::uuid[]) as n (id) order by id
     on conflict (incident_id) do update set incident_id = a.incident_id
     returning incident_id as id, document as analysis, cause`,
    [incidentIds],
  )
  return new Map(
    rows.flatMap(({ id, analysis, cause }) =>
      analysis === null || cause === null ? [] : [[id, { analysis, position: cause }] as const],
    ),
  )
}

/** Stores the newest analysis per incident; an older one than the stored is refused here. */
export const saveAnalyses = async (
  sql: Sql,
  analyses: readonly PlacedAnalysis[],
): Promise<void> => {
  await sql.rows(
    `insert into incident_analysis as a (incident_id, context_epoch, context_offset, document, cause)
     select id, epoch, o, document::jsonb, cause::jsonb
     from unnest($1::uuid[], $2::int[], $3::bigint[], $4::text[], $5::text[]) as n (id, epoch, o, document, cause)
     order by id
     on conflict (incident_id) do update
       set context_epoch = excluded.context_epoch, context_offset = excluded.context_offset,
           document = excluded.document, cause = excluded.cause
       where a.document is null
          or (a.context_epoch, a.context_offset) <= (excluded.context_epoch, excluded.context_offset)`,
    [
      analyses.map(({ analysis }) => analysis.incidentId),
      analyses.map(({ analysis }) => analysis.contextVersion.epoch),
      analyses.map(({ analysis }) => analysis.contextVersion.offset),
      analyses.map(({ analysis }) => JSON.stringify(analysis)),
      analyses.map(({ position }) => JSON.stringify(position)),
    ],
  )
}
