import type { Severity } from '@kubesift/contracts'
import {
  movedSubject,
  settleMs,
  standingOfGroup,
  subjectOfGroup,
  subjectSchema,
  type Member,
  type NewNotice,
  type SettledGroup,
  type SettleTimes,
  type Standing,
  type Subject,
  type Told,
} from '@kubesift/core-notice'
import type { Database, Sql } from './database.ts'
import { takeMembers, type MemberState, type TakenMember } from './notice-members.ts'

interface MemberRow {
  readonly incident_id: string
  readonly group_id: string
  readonly is_primary: boolean
  readonly phase: Standing['phase']
  readonly severity: Severity
  readonly reopen_count: number
  readonly subject: unknown
}

interface GroupRow {
  readonly group_id: string
  readonly phase: Standing['phase']
  readonly severity: Severity
  readonly reopen_count: number
  readonly told_phase: Told['phase']
  readonly told_severity: Severity
  readonly told_reopen_count: number
  readonly subject: unknown
}

const toldOf = (row: GroupRow): Told => ({
  phase: row.told_phase,
  severity: row.told_severity,
  reopenCount: row.told_reopen_count,
})

const standingOf = (row: GroupRow | MemberRow): Standing => ({
  phase: row.phase,
  severity: row.severity,
  reopenCount: row.reopen_count,
})

const newestPerIncident = (states: readonly MemberState[]): readonly MemberState[] => {
  const newest = new Map<string, MemberState>()
  for (const state of states) {
    const before = newest.get(state.incidentId)
    if (!before || before.revision < state.revision) newest.set(state.incidentId, state)
  }
  // sorted, so that two writers lock in the same order
  return [...newest.values()].toSorted((a, b) => (a.incidentId < b.incidentId ? -1 : 1))
}

const UPDATE_GROUPS = `
  update notice_group g
  set phase = n.phase, severity = n.severity, reopen_count = n.reopen_count, subject = n.subject::jsonb,
      updated_at = now(),
      due_at = case when n.due_ms is null then null
        else least(g.due_at, clock_timestamp() + n.due_ms * interval '1 ms') end
  from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::float8[])
    as n (group_id, phase, severity, reopen_count, subject, due_ms)
  where g.group_id = n.group_id`

/** Groups that have to be told of exist as soon as they have a member; their rows are the lock that orders the writers of one group. */
const INSERT_GROUPS = `
  insert into notice_group (group_id, revision, phase, severity, reopen_count, subject)
  select id, 0, 'ended', 'P4', 0, '{}' from unnest($1::text[]) as n (id) order by id
  on conflict (group_id) do nothing`

const memberOf = (row: MemberRow): Member => ({
  isPrimary: row.is_primary,
  standing: standingOf(row),
  subject: subjectSchema.parse(row.subject),
})

/** The notifier's own record of where groups stand and what was told. Time is the database's, so replicas agree on it. */
export class DeliveryLedger {
  readonly #db: Database
  readonly #times: SettleTimes

  constructor(db: Database, times: SettleTimes) {
    this.#db = db
    this.#times = times
  }

  /** Takes up incident documents; older and doubled ones change nothing. A settle time runs from the first difference and is never prolonged. */
  async observe(states: readonly MemberState[]): Promise<void> {
    const newest = newestPerIncident(states)
    if (newest.length === 0) return
    await this.#db.transaction('recording where groups stand', async (sql) => {
      const touched = await takeMembers(sql, newest)
      const groups = new Set(
        touched.flatMap((t) => [t.group, ...(t.former === null ? [] : [t.former])]),
      )
      if (groups.size > 0) await this.#restand(sql, [...groups].sort(), touched)
    })
  }

  /** Works out anew where these groups stand, from their members. */
  async #restand(sql: Sql, ids: readonly string[], moves: readonly TakenMember[]): Promise<void> {
    await sql.rows(INSERT_GROUPS, [ids])
    const rows = await sql.rows<GroupRow>(
      'select * from notice_group where group_id = any($1::text[]) order by group_id for update',
      [ids],
    )
    const members = Map.groupBy(
      await sql.rows<MemberRow>('select * from notice_member where group_id = any($1::text[])', [
        ids,
      ]),
      (m) => m.group_id,
    )
    const stands = rows.flatMap((row) => {
      const own = (members.get(row.group_id) ?? []).map(memberOf)
      const standing = standingOfGroup(own)
      const to = moves.find(
        ({ former, group }) => former === row.group_id && group !== former,
      )?.group
      const home = subjectOfGroup((members.get(to ?? '') ?? []).map(memberOf))
      const subject = subjectOfGroup(own) ?? leftBehind(row, home)
      if (subject === undefined) return []
      const due = settleMs(toldOf(row), standing, this.#times) ?? null
      return [{ id: row.group_id, standing, subject: { ...subject, group: row.group_id }, due }]
    })
    await sql.rows(UPDATE_GROUPS, [
      stands.map(({ id }) => id),
      stands.map(({ standing }) => standing.phase),
      stands.map(({ standing }) => standing.severity),
      stands.map(({ standing }) => standing.reopenCount),
      stands.map(({ subject }) => JSON.stringify(subject)),
      stands.map(({ due }) => due),
    ])
  }

  /** Turns what has settled into deliveries, in one transaction with the memory of having told it. Returns how many groups were looked at. */
  tellSettled(
    channels: readonly string[],
    decide: (group: SettledGroup) => NewNotice | undefined,
    limit = 100,
  ): Promise<number> {
    return this.#db.transaction('recording deliveries', async (sql) => {
      const rows = await sql.rows<GroupRow>(
        `select * from notice_group where due_at <= clock_timestamp()
         order by due_at limit $1 for update skip locked`,
        [limit],
      )
      for (const row of rows) await this.#tell(sql, row, channels, decide)
      return rows.length
    })
  }

  /** Milliseconds until something settles; undefined when nothing is to. */
  async nextSettleMs(): Promise<number | undefined> {
    const [row] = await this.#db.rows<{ ms: number | null }>(
      `select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float8 as ms
       from notice_group where due_at is not null`,
    )
    return row?.ms ?? undefined
  }

  async #tell(
    sql: Sql,
    row: GroupRow,
    channels: readonly string[],
    decide: (group: SettledGroup) => NewNotice | undefined,
  ): Promise<void> {
    const subject = subjectSchema.parse(row.subject)
    const notice = decide({ standing: standingOf(row), told: toldOf(row), subject })
    if (notice === undefined) {
      await sql.rows('update notice_group set due_at = null where group_id = $1', [row.group_id])
      return
    }
    await insertDeliveries(sql, channels, subject, notice)
    const { told } = notice
    await sql.rows(
      `update notice_group set due_at = null, told_phase = $2, told_severity = $3, told_reopen_count = $4
       where group_id = $1`,
      [row.group_id, told.phase, told.severity, told.reopenCount],
    )
  }
}

/** The last word of a group whose incidents are told with another; undefined for one of which nothing was ever known. */
const leftBehind = (row: GroupRow, home: Subject | undefined): Subject | undefined => {
  const last = subjectSchema.safeParse(row.subject)
  if (!last.success) return undefined
  return movedSubject(
    last.data,
    home === undefined ? undefined : `${home.problem} of ${home.owner}`,
  )
}

const insertDeliveries = (
  sql: Sql,
  channels: readonly string[],
  { group, incidentId, traceparent }: Subject,
  { key, kind, severity, body, text }: NewNotice,
): Promise<unknown> =>
  sql.rows(
    `insert into delivery (key, channel, group_id, incident_id, kind, severity, body, text, traceparent, next_at)
     select $1, channel, $3, $4, $5, $6, $7, $8, $9, clock_timestamp() from unnest($2::text[]) as c (channel)
     on conflict (key, channel) do nothing`,
    [key, [...channels], group, incidentId, kind, severity, body, text, traceparent],
  )
