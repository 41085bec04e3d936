import type { NoticeKind, Severity } from '@kubesift/contracts'
import type { AfterAttempt } from '@kubesift/core-notice'
import type { Database } from './database.ts'

/** A delivery taken for one attempt. */
export interface TakenDelivery {
  readonly key: string
  readonly channel: string
  readonly body: string
  readonly text: string
  readonly kind: NoticeKind
  readonly severity: Severity
  readonly traceparent: string | undefined
  /** This attempt included. */
  readonly attempts: number
}

/** A delivery that has come to its end, to be published. */
export interface EndedDelivery {
  readonly key: string
  readonly channel: string
  readonly group: string
  readonly incidentId: string
  readonly kind: NoticeKind
  readonly severity: Severity
  readonly status: 'delivered' | 'failed' | 'gave_up'
  readonly attempts: number
  readonly error: string | undefined
  readonly endedAt: number
}

type TakenRow = Omit<TakenDelivery, 'traceparent'> & { readonly traceparent: string | null }
type EndedRow = Omit<EndedDelivery, 'error'> & { readonly error: string | null }

/**
 * Only the oldest waiting delivery of a group and channel, so that "opened" never comes after "resolved". A taken one shows up again
 * when its lease is over: that is how an attempt of a process that died is made again, with the same key.
 */
const TAKE = `
  update delivery d set attempts = attempts + 1, next_at = clock_timestamp() + $3 * interval '1 ms'
  from (
    select w.key, w.channel from delivery w
    where w.status = 'waiting' and w.channel = $1 and w.next_at <= clock_timestamp()
      and not exists (
        select 1 from delivery e
        where e.group_id = w.group_id and e.channel = w.channel and e.status = 'waiting' and e.seq < w.seq
      )
    order by w.next_at limit $2 for update of w skip locked
  ) t
  where d.key = t.key and d.channel = t.channel
  returning d.key, d.channel, d.body, d.text, d.kind, d.severity, d.traceparent, d.attempts`

const UNPUBLISHED = `
  select key, channel, group_id as "group", incident_id as "incidentId", kind, severity, status, attempts, error,
    (extract(epoch from ended_at) * 1000)::float8 as "endedAt"
  from delivery where status <> 'waiting' and published_at is null
  order by seq limit $1 for update skip locked`

/** Deliveries between being recorded and being done. Any number of processes may take from it. */
export class DeliveryQueue {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Takes due deliveries of a channel for `leaseMs`, which has to be longer than an attempt can last. */
  async take(channel: string, limit: number, leaseMs: number): Promise<readonly TakenDelivery[]> {
    const rows = await this.#db.rows<TakenRow>(TAKE, [channel, limit, leaseMs])
    return rows.map((row) => ({ ...row, traceparent: row.traceparent ?? undefined }))
  }

  /** Writes down what came of an attempt. A later attempt (after a lease that ran out) is not overwritten, save by success. */
  async settle({ key, channel, attempts }: TakenDelivery, after: AfterAttempt): Promise<void> {
    const error = 'error' in after ? after.error : null
    const wait = after.status === 'waiting' ? after.inMs : 0
    await this.#db.rows(
      `update delivery set status = $4, error = $5, next_at = clock_timestamp() + $6 * interval '1 ms',
         ended_at = case when $4 = 'waiting' then null else clock_timestamp() end
       where key = $1 and channel = $2 and status = 'waiting' and (attempts = $3 or $4 = 'delivered')`,
      [key, channel, attempts, after.status, error, wait],
    )
  }

  /** Gives back what was taken and not tried (a shutdown), at once and uncounted. */
  async giveBack({ key, channel, attempts }: TakenDelivery): Promise<void> {
    await this.#db.rows(
      `update delivery set attempts = attempts - 1, next_at = clock_timestamp()
       where key = $1 and channel = $2 and status = 'waiting' and attempts = $3`,
      [key, channel, attempts],
    )
  }

  /** Milliseconds until a delivery of the channel is due; undefined when none waits. */
  async nextDueMs(channel: string): Promise<number | undefined> {
    const [row] = await this.#db.rows<{ ms: number | null }>(
      `select (extract(epoch from min(next_at) - clock_timestamp()) * 1000)::float8 as ms
       from delivery w where status = 'waiting' and channel = $1 and not exists (
         select 1 from delivery e
         where e.group_id = w.group_id and e.channel = w.channel and e.status = 'waiting' and e.seq < w.seq
       )`,
      [channel],
    )
    return row?.ms ?? undefined
  }

  /** Hands over what has ended and was not published; it counts as published when `publish` returns. Returns how many. */
  publishEnded(publish: (ended: readonly EndedDelivery[]) => Promise<void>): Promise<number> {
    return this.#db.transaction('publishing deliveries', async (sql) => {
      const rows = await sql.rows<EndedRow>(UNPUBLISHED, [200])
      if (rows.length === 0) return 0
      await publish(rows.map((row) => ({ ...row, error: row.error ?? undefined })))
      await sql.rows(
        `update delivery d set published_at = now()
         from unnest($1::text[], $2::text[]) as p (key, channel) where d.key = p.key and d.channel = p.channel`,
        [rows.map(({ key }) => key), rows.map(({ channel }) => channel)],
      )
      return rows.length
    })
  }

  /** Forgets what ended and was published long ago, and groups that ended with it. Open groups are kept for ever. */
  async prune(olderThanMs: number): Promise<void> {
    await this.#db.transaction('pruning deliveries', async (sql) => {
      const before = [olderThanMs]
      await sql.rows(
        `delete from delivery where published_at < now() - $1 * interval '1 ms'`,
        before,
      )
      await sql.rows(
        `delete from notice_member m using notice_group g where m.group_id = g.group_id and g.phase = 'ended'
           and g.due_at is null and g.updated_at < now() - $1 * interval '1 ms'`,
        before,
      )
      await sql.rows(
        `delete from notice_group where phase = 'ended' and due_at is null and updated_at < now() - $1 * interval '1 ms'`,
        before,
      )
    })
  }
}
