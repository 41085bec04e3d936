import {
  incidentEvents,
  incidents,
  type Analysis,
  type Context,
  type Incident,
  type IncidentEvent,
} from '@kubesift/contracts'
import type { Effect, Note } from '@kubesift/core-incident'
import { CHANNELS, type Sql } from './database.ts'
import { incidentColumns, incidentOf, type IncidentRow } from './incident-rows.ts'

/** The offset to read next of one partition of a topic. */
export interface StreamPosition {
  /** The topic's name on the broker. */
  readonly topic: string
  readonly partition: number
  readonly next: number
}

/** Takes the contexts that are newer than what was applied, and locks their keys until the end of the transaction. */
export const claimNewer = async (
  sql: Sql,
  contexts: readonly Context[],
): Promise<ReadonlySet<string>> => {
  const claimed = await sql.rows<{ key: string }>(
    // sorted, so that two writers lock in the same order
    `insert into context_version as v (key, context_epoch, context_offset)
     select * from unnest($1::text[], $2::int[], $3::bigint[]) as n (key, e, o) order by key
     on conflict (key) do update
       set context_epoch = excluded.context_epoch, context_offset = excluded.context_offset
       where (v.context_epoch, v.context_offset) < (excluded.context_epoch, excluded.context_offset)
     returning key`,
    [
      contexts.map((c) => c.key),
      contexts.map((c) => c.version.epoch),
      contexts.map((c) => c.version.offset),
    ],
  )
  return new Set(claimed.map(({ key }) => key))
}

interface LockedRow {
  readonly document: IncidentRow['document']
}

/**
 * Two statements on purpose: a row that had to be waited for is read anew, but what it is joined with is not, so an analysis that was
 * committed meanwhile would be missing.
 */
const lock = async (
  sql: Sql,
  condition: string,
  values: readonly string[],
): Promise<readonly Incident[]> => {
  const locked = await sql.rows<LockedRow>(
    `select document from incident where ${condition} order by id for update`,
    [values],
  )
  if (locked.length === 0) return []
  const analyses = await sql.rows<{ id: string; analysis: Analysis | null }>(
    'select incident_id as id, document as analysis from incident_analysis where incident_id = any($1::uuid[])',
    [locked.map(({ document }) => document.id)],
  )
  const byId = new Map(analyses.map(({ id, analysis }) => [id, analysis]))
  return locked.map(({ document }) =>
    incidentOf({ document, analysis: byId.get(document.id) ?? null }),
  )
}

/** The stored incidents of these keys, locked. */
export const lockByKey = (sql: Sql, keys: readonly string[]): Promise<readonly Incident[]> =>
  lock(sql, 'key = any($1::text[])', keys)

/** The stored incidents of these ids, locked. */
export const lockById = (sql: Sql, ids: readonly string[]): Promise<readonly Incident[]> =>
  lock(sql, 'id = any($1::uuid[])', ids)

const columnNames = incidentColumns.map((c) => c.name)
const elements = incidentColumns.map((c) =>
  c.as === undefined ? `n.${c.name}` : c.as(`n.${c.name}`),
)
const arrays = incidentColumns.map((c, i) => `$${i + 1}::${c.type}[]`)
const changing = columnNames.filter((name) => name !== 'id')

const UPSERT_INCIDENTS = `
  insert into incident (${columnNames.join(', ')})
  select ${elements.join(', ')} from unnest(${arrays.join(', ')}) as n (${columnNames.join(', ')})
  on conflict (id) do update
    set ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}, updated_at = now()
    where incident.revision < excluded.revision`

const upsertIncidents = (sql: Sql, documents: readonly Incident[]): Promise<unknown> =>
  sql.rows(
    UPSERT_INCIDENTS,
    incidentColumns.map((c) => documents.map((d) => c.of(d))),
  )

const insertNotes = (sql: Sql, notes: readonly Note[]): Promise<unknown> =>
  sql.rows(
    `insert into note (id, incident_id, kind, actor, at, text, causes, rules_hash)
     select id, incident_id, kind, actor, to_timestamp(at), text, causes::jsonb, rules_hash
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[], $8::text[])
       with ordinality as n (id, incident_id, kind, actor, at, text, causes, rules_hash, ord) order by ord
     on conflict (id) do nothing`,
    [
      notes.map((n) => n.id),
      notes.map((n) => n.incidentId),
      notes.map((n) => n.kind),
      notes.map((n) => n.actor),
      notes.map((n) => n.at / 1000),
      notes.map((n) => n.text),
      notes.map((n) => JSON.stringify(n.causes)),
      notes.map((n) => n.rulesHash),
    ],
  )

interface Outgoing {
  readonly topic: string
  readonly incidentId: string
  readonly revision: number
  readonly payload: Incident | IncidentEvent
  readonly traceparent: string | undefined
}

const outgoingOf = ({ incident, events }: Effect): readonly Outgoing[] => {
  const { traceparent } = incident
  const told = events.map((event) => ({
    topic: incidentEvents.topic,
    incidentId: incident.id,
    revision: event.revision,
    payload: event,
    traceparent,
  }))
  const { id, revision } = incident
  return [
    ...told,
    { topic: incidents.topic, incidentId: id, revision, payload: incident, traceparent },
  ]
}

const insertOutbox = (sql: Sql, outgoing: readonly Outgoing[]): Promise<unknown> =>
  sql.rows(
    `insert into outbox (topic, incident_id, revision, payload, traceparent)
     select topic, incident_id, revision, payload, traceparent
     from unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::text[])
       with ordinality as n (topic, incident_id, revision, payload, traceparent, ord) order by ord`,
    [
      outgoing.map((o) => o.topic),
      outgoing.map((o) => o.incidentId),
      outgoing.map((o) => o.revision),
      outgoing.map((o) => JSON.stringify(o.payload)),
      outgoing.map((o) => o.traceparent ?? null),
    ],
  )

/** Writes what changed: state, story, and what is owed to the topics. The relay is told when this commits. */
export const writeEffects = async (sql: Sql, effects: readonly Effect[]): Promise<void> => {
  if (effects.length === 0) return
  await upsertIncidents(
    sql,
    effects.map((e) => e.incident),
  )
  const notes = effects.flatMap((e) => e.notes)
  if (notes.length > 0) await insertNotes(sql, notes)
  await insertOutbox(sql, effects.flatMap(outgoingOf))
  await sql.rows('select pg_notify($1, $2)', [CHANNELS.outbox, ''])
}

/** The high-water mark of what is applied; it never falls. */
export const savePosition = async (sql: Sql, position: StreamPosition): Promise<void> => {
  await sql.rows(
    `insert into stream_position as p (topic, partition, next_offset) values ($1, $2, $3)
     on conflict (topic, partition) do update
       set next_offset = greatest(p.next_offset, excluded.next_offset), updated_at = now()`,
    [position.topic, position.partition, position.next],
  )
}
