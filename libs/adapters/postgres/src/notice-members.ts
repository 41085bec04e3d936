import type { Standing, Subject } from '@kubesift/core-notice'
import type { Sql } from './database.ts'

/** Where one incident stands by one of its documents, and in which group. */
export interface MemberState {
  readonly incidentId: string
  readonly group: string
  readonly revision: number
  readonly isPrimary: boolean
  readonly standing: Standing
  readonly subject: Subject
}

/** An incident whose newer document was taken up: its group, and the one that it was in before. */
export interface TakenMember {
  readonly group: string
  readonly former: string | null
}

const GIVEN = `
  select * from unnest($1::text[], $2::text[], $3::int[], $4::bool[], $5::text[], $6::text[], $7::int[], $8::text[])
    as n (incident_id, group_id, revision, is_primary, phase, severity, reopen_count, subject)`

/** Waits for whoever is writing the same ones, so that afterwards each is there, and can be locked. */
const INSERT = `
  insert into notice_member
    (incident_id, group_id, revision, is_primary, phase, severity, reopen_count, subject)
  select incident_id, group_id, revision, is_primary, phase, severity, reopen_count, subject::jsonb
  from (${GIVEN}) n order by incident_id
  on conflict (incident_id) do nothing
  returning incident_id, group_id as "group"`

const LOCK = `
  select incident_id, group_id as former from notice_member
  where incident_id = any($1::text[]) order by incident_id for update`

const UPDATE = `
  update notice_member m
  set group_id = n.group_id, revision = n.revision, is_primary = n.is_primary, phase = n.phase,
      severity = n.severity, reopen_count = n.reopen_count, subject = n.subject::jsonb, updated_at = now()
  from (${GIVEN}) n
  where m.incident_id = n.incident_id and m.revision < n.revision
  returning m.incident_id, m.group_id as "group"`

interface WrittenRow {
  readonly incident_id: string
  readonly group: string
}

interface LockedRow {
  readonly incident_id: string
  readonly former: string
}

const columnsOf = (states: readonly MemberState[]): readonly unknown[] => [
  states.map(({ incidentId }) => incidentId),
  states.map(({ group }) => group),
  states.map(({ revision }) => revision),
  states.map(({ isPrimary }) => isPrimary),
  states.map(({ standing }) => standing.phase),
  states.map(({ standing }) => standing.severity),
  states.map(({ standing }) => standing.reopenCount),
  states.map(({ subject }) => JSON.stringify(subject)),
]

/**
 * Takes up what is newer than what is known, one state for each incident, sorted by it. Statements of their own on purpose: within one,
 * Postgres may write the members before it reads which groups they were in, as its plan has it, and those groups would stay open for good.
 */
export const takeMembers = async (
  sql: Sql,
  states: readonly MemberState[],
): Promise<readonly TakenMember[]> => {
  const columns = columnsOf(states)
  const inserted = await sql.rows<WrittenRow>(INSERT, columns)
  const fresh = inserted.map(({ group }) => ({ group, former: null }))
  if (inserted.length === states.length) return fresh
  const locked = await sql.rows<LockedRow>(LOCK, [states.map(({ incidentId }) => incidentId)])
  const former = new Map(locked.map((row) => [row.incident_id, row.former]))
  const updated = await sql.rows<WrittenRow>(UPDATE, columns)
  return [
    ...fresh,
    ...updated.map((row) => ({ group: row.group, former: former.get(row.incident_id) ?? null })),
  ]
}
