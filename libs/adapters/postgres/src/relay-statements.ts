import type { ClientBase } from 'pg'
import { CHANNELS } from './database.ts'

/** One message that is owed to a topic. */
export interface OutboxMessage {
  readonly topic: string
  readonly payload: unknown
  readonly traceparent: string | undefined
}

/** A message and its place in the outbox. */
export interface Waiting extends OutboxMessage {
  readonly id: string
}

interface OutboxRow {
  readonly id: string
  readonly topic: string
  readonly payload: string
  readonly traceparent: string | null
}

/** The oldest waiting messages, bounded in number and bytes; at least one when there is any. */
export const nextWaiting = async (
  client: ClientBase,
  limit: { readonly count: number; readonly bytes: number },
): Promise<readonly Waiting[]> => {
  const { rows } = await client.query<OutboxRow>(
    `select id, topic, payload, traceparent from (
       select *, sum(octet_length(payload)) over (order by id) - octet_length(payload) as before from (
         select id, topic, payload, traceparent from outbox
         where seq is null and error is null order by id limit $1
       ) oldest
     ) sized where before < $2 order by id`,
    [limit.count, limit.bytes],
  )
  return rows.map(({ payload, traceparent, ...rest }) => ({
    ...rest,
    payload: JSON.parse(payload) as unknown,
    traceparent: traceparent ?? undefined,
  }))
}

/**
 * Gives the published changes of `kept` topics their sequence and removes the others. It runs on the connection that holds the relay's
 * lock: whoever lost the lock has lost this connection too, and marks nothing.
 */
export const markPublished = async (
  client: ClientBase,
  ids: readonly string[],
  keptTopic: string,
): Promise<void> => {
  await client.query('begin')
  await client.query('delete from outbox where id = any($1::bigint[]) and topic <> $2', [
    ids,
    keptTopic,
  ])
  await client.query(
    `with numbered as (
       select id, row_number() over (order by id) as n from outbox where id = any($1::bigint[])
     ), state as (
       update relay_state set last_seq = last_seq + (select count(*) from numbered)
       returning last_seq - (select count(*) from numbered) as base
     )
     update outbox o set seq = state.base + numbered.n, published_at = now()
     from numbered, state where o.id = numbered.id`,
    [ids],
  )
  await client.query('select pg_notify($1, $2)', [CHANNELS.change, ''])
  await client.query('commit')
}

/** Sets aside a message that its topic can never take; it stays in the outbox with its reason. */
export const setAside = async (client: ClientBase, id: string, why: string): Promise<void> => {
  await client.query('update outbox set error = $2 where id = $1', [id, why])
}

/** How long published changes stay for watchers that come back. */
export interface Retention {
  readonly ms: number
  readonly changes: number
}

/** Forgets old changes; a cursor older than the last forgotten one is expired from then on. */
export const prune = async (client: ClientBase, keep: Retention): Promise<void> => {
  await client.query(
    `with gone as (
       delete from outbox where seq is not null and (
         published_at < now() - $1 * interval '1 millisecond'
         or seq <= (select last_seq from relay_state) - $2
       ) returning seq
     )
     update relay_state set pruned_seq = greatest(pruned_seq, coalesce((select max(seq) from gone), 0))`,
    [keep.ms, keep.changes],
  )
}
