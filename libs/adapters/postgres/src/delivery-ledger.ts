import type { Severity } from '@kubesift/contracts'
import {
  NOTHING_TOLD,
  settleMs,
  subjectSchema,
  type NewNotice,
  type SettledGroup,
  type SettleTimes,
  type Standing,
  type Subject,
  type Told,
} from '@kubesift/core-notice'
import type { Database, Sql } from './database.ts'

/** Where a group stands after one incident document. */
export interface GroupState {
  readonly revision: number
  readonly standing: Standing
  readonly subject: Subject
}

interface GroupRow {
  readonly group_id: string
  readonly revision: number
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

const standingOf = (row: GroupRow): Standing => ({
  phase: row.phase,
  severity: row.severity,
  reopenCount: row.reopen_count,
})

const newestPerGroup = (states: readonly GroupState[]): readonly GroupState[] => {
  const newest = new Map<string, GroupState>()
  for (const state of states) {
    const before = newest.get(state.subject.group)
    if (!before || before.revision < state.revision) newest.set(state.subject.group, state)
  }
  // sorted, so that two writers lock in the same order
  return [...newest.values()].toSorted((a, b) => (a.subject.group < b.subject.group ? -1 : 1))
}

const UPSERT = `
  insert into notice_group as g (group_id, revision, phase, severity, reopen_count, subject, due_at)
  select group_id, revision, phase, severity, reopen_count, subject::jsonb, clock_timestamp() + due_ms * interval '1 ms'
  from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::int[], $6::text[], $7::float8[])
    as n (group_id, revision, phase, severity, reopen_count, subject, due_ms)
  on conflict (group_id) do update
    set revision = excluded.revision, phase = excluded.phase, severity = excluded.severity,
        reopen_count = excluded.reopen_count, subject = excluded.subject, updated_at = now(),
        due_at = case when excluded.due_at is null then null else least(g.due_at, excluded.due_at) end
    where g.revision < excluded.revision`

/** The notifier's own record of where groups stand and what was told. Time is the database's, so replicas agree on it. */
export class DeliveryLedger {
  readonly #db: Database
  readonly #times: SettleTimes

  constructor(db: Database, times: SettleTimes) {
    this.#db = db
    this.#times = times
  }

  /** Takes up incident documents; older and doubled ones change nothing. A settle time runs from the first difference and is never prolonged. */
  async observe(states: readonly GroupState[]): Promise<void> {
    const newest = newestPerGroup(states)
    if (newest.length === 0) return
    await this.#db.transaction('recording where groups stand', async (sql) => {
      const rows = await sql.rows<GroupRow>(
        'select * from notice_group where group_id = any($1::text[]) order by group_id for update',
        [newest.map(({ subject }) => subject.group)],
      )
      const told = new Map(rows.map((row) => [row.group_id, toldOf(row)]))
      const due = newest.map(
        ({ subject, standing }) =>
          settleMs(told.get(subject.group) ?? NOTHING_TOLD, standing, this.#times) ?? null,
      )
      await sql.rows(UPSERT, [
        newest.map(({ subject }) => subject.group),
        newest.map(({ revision }) => revision),
        newest.map(({ standing }) => standing.phase),
        newest.map(({ standing }) => standing.severity),
        newest.map(({ standing }) => standing.reopenCount),
        newest.map(({ subject }) => JSON.stringify(subject)),
        due,
      ])
    })
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
