import {
  causeOf,
  linkableOf,
  linked,
  linksOf,
  LINK_WINDOW_MS,
  type Effect,
  type Linkable,
} from '@kubesift/core-incident'
import { LOCKS, type Sql } from './database.ts'
import { lockById } from './write-statements.ts'

/** So many to whom the same thing was delivered are looked at, oldest first: more clusters than anybody has. */
const MAX_OTHERS = 1_000
/** What one is linked to is looked for among so many of a cluster, for each thing: a sidecar's new image may fail in a thousand workloads of one, which must not hide the others. */
const MAX_PER_CLUSTER = 40

interface DeliveredRow {
  readonly id: string
  readonly linkable: Linkable
}

const thingsOf = ({ delivered }: Linkable): string[] => delivered.map(({ thing }) => thing)

/** What decides about links changes when an incident begins, when its change becomes known, or when it is merged. */
const isNews = (linkable: Linkable, stored: Linkable | undefined): boolean => {
  if (stored === undefined) return linkable.delivered.length > 0
  return (
    stored.firstSeenAt !== linkable.firstSeenAt ||
    thingsOf(stored).join('\n') !== thingsOf(linkable).join('\n')
  )
}

const storedOf = async (sql: Sql, ids: readonly string[]): Promise<Map<string, Linkable>> => {
  const rows = await sql.rows<DeliveredRow>(
    'select incident_id as id, linkable from incident_delivered where incident_id = any($1::uuid[])',
    [ids],
  )
  return new Map(rows.map(({ id, linkable }) => [id, linkable]))
}

/** Two writers of two clusters must not miss each other: whoever has to do with a thing waits for the other. */
const lockThings = async (sql: Sql, linkables: readonly Linkable[]): Promise<void> => {
  for (const thing of [...new Set(linkables.flatMap(thingsOf))].sort())
    await sql.rows('select pg_advisory_xact_lock($1, hashtext($2))', [LOCKS.links, thing])
}

const save = (sql: Sql, linkables: readonly Linkable[]): Promise<unknown> =>
  sql.rows(
    `insert into incident_delivered (incident_id, things, first_seen_at, linkable)
     select id, array(select jsonb_array_elements(linkable::jsonb->'delivered')->>'thing'), to_timestamp(at), linkable::jsonb
     from unnest($1::uuid[], $2::float8[], $3::text[]) as n (id, at, linkable)
     on conflict (incident_id) do update
       set things = excluded.things, first_seen_at = excluded.first_seen_at, linkable = excluded.linkable`,
    [
      linkables.map(({ id }) => id),
      linkables.map(({ firstSeenAt }) => firstSeenAt / 1000),
      linkables.map((one) => JSON.stringify(one)),
    ],
  )

const withThings = async (
  sql: Sql,
  things: readonly string[],
  linkables: readonly Linkable[],
  perCluster = MAX_OTHERS,
): Promise<Linkable[]> => {
  const times = linkables.map(({ firstSeenAt }) => firstSeenAt)
  const rows = await sql.rows<DeliveredRow>(
    `with each as (
       select incident_id as id, linkable, first_seen_at, row_number() over (
         partition by linkable->>'cluster', thing order by first_seen_at, incident_id) as n
       from incident_delivered, unnest(things) as thing
       where things && $1::text[] and thing = any($1::text[])
         and first_seen_at between to_timestamp($2) and to_timestamp($3))
     select distinct on (first_seen_at, id) id, linkable from each where n <= ${perCluster}
     order by first_seen_at, id limit ${MAX_OTHERS}`,
    [
      things,
      (Math.min(...times) - LINK_WINDOW_MS) / 1000,
      (Math.max(...times) + LINK_WINDOW_MS) / 1000,
    ],
  )
  return rows.map(({ linkable }) => linkable)
}

/** Links the incidents of these effects to those of other clusters that the same delivery has caused, both ways. */
export const withLinks = async (
  sql: Sql,
  effects: readonly Effect[],
): Promise<readonly Effect[]> => {
  const linkables = new Map(
    effects.map(({ incident }) => [incident.id, linkableOf(incident)] as const),
  )
  const candidates = effects.filter(
    ({ incident }) =>
      incident.status === 'merged' || linkables.get(incident.id)!.delivered.length > 0,
  )
  if (candidates.length === 0) return effects
  const stored = await storedOf(
    sql,
    candidates.map(({ incident }) => incident.id),
  )
  const moved = candidates
    .map(({ incident }) => linkables.get(incident.id)!)
    .filter((one) => isNews(one, stored.get(one.id)))
  if (moved.length === 0) return effects
  const touched = [...moved, ...moved.flatMap(({ id }) => stored.get(id) ?? [])]
  await lockThings(sql, touched)
  await save(sql, moved)
  const found = await withThings(sql, touched.flatMap(thingsOf), touched)
  const near = [...new Map([...found, ...moved].map((one) => [one.id, one])).values()]
  // These may share other things with others again, which stay linked.
  const beyond =
    near.length === 0 ? [] : await withThings(sql, near.flatMap(thingsOf), near, MAX_PER_CLUSTER)
  const linksById = new Map([
    ...moved.map(({ id }) => [id, [] as ReturnType<typeof linksOf>] as const),
    ...near.map((one) => [one.id, linksOf(one, beyond)] as const),
  ])
  return linkedEffects(sql, effects, linksById)
}

const linkedEffects = async (
  sql: Sql,
  effects: readonly Effect[],
  linksById: ReadonlyMap<string, ReturnType<typeof linksOf>>,
): Promise<readonly Effect[]> => {
  const own = new Set(effects.map(({ incident }) => incident.id))
  const [first] = effects
  const others = first === undefined ? [] : [...linksById.keys()].filter((id) => !own.has(id))
  const extended = effects.map((effect): Effect => {
    const links = linksById.get(effect.incident.id)
    if (links === undefined) return effect
    const more = linked(effect.incident, links, {
      cause: causeOf(effect.incident.context),
      published: true,
    })
    if (more === undefined) return effect
    return {
      incident: more.incident,
      events: [...effect.events, ...more.events],
      notes: [...effect.notes, ...more.notes],
    }
  })
  if (first === undefined || others.length === 0) return extended
  const cause = causeOf(first.incident.context)
  const added = (await lockById(sql, others)).flatMap(
    (incident) =>
      linked(incident, linksById.get(incident.id) ?? [], { cause, published: false }) ?? [],
  )
  return [...extended, ...added]
}
