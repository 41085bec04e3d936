import type { Incident } from '@kubesift/contracts'
import {
  groupableOf,
  placed,
  placedIn,
  regroup,
  type Candidate,
  type Constraints,
  type Effect,
  type Groupable,
  type Placed,
  type Placement,
} from '@kubesift/core-incident'
import { LOCKS, type Sql } from './database.ts'
import { lockById } from './write-statements.ts'

/** Incidents that ended longer ago than this before another began have nothing to do with it (the widest window of core-incident is 2 min). */
const PAST_MS = 15 * 60_000
/** So many that touch the same thing are looked at, newest first: a failing registry can have thousands. */
const MAX_NEIGHBOURS = 5_000

interface GroupingRow {
  readonly id: string
  readonly placed: Placed
  readonly essence: Groupable
}

/** Another writer is deciding about the groups of this cluster: the batch has to begin anew, waiting for it first. */
export class GroupsBusy extends Error {
  override readonly name = 'GroupsBusy'
}

/** Waits until no other writer decides about the groups of these clusters; until the end of the transaction. */
export const lockGroups = async (sql: Sql, clusters: readonly string[]): Promise<void> => {
  for (const cluster of [...new Set(clusters)].sort())
    await sql.rows('select pg_advisory_xact_lock($1, hashtext($2))', [LOCKS.groups, cluster])
}

const tryLockGroups = async (sql: Sql, clusters: readonly string[]): Promise<boolean> => {
  for (const cluster of [...new Set(clusters)].sort()) {
    const [row] = await sql.rows<{ held: boolean }>(
      'select pg_try_advisory_xact_lock($1, hashtext($2)) as held',
      [LOCKS.groups, cluster],
    )
    if (row?.held !== true) return false
  }
  return true
}

const COLUMNS = 'incident_id as id, placed, essence'

const groupingOf = (sql: Sql, ids: readonly string[]): Promise<GroupingRow[]> =>
  sql.rows(`select ${COLUMNS} from incident_grouping where incident_id = any($1::uuid[])`, [ids])

const same = (a: Groupable, b: Groupable): boolean => canonical(a) === canonical(b)

/** jsonb does not keep the order of keys. */
const canonical = (value: Groupable): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )

/** What else has to be looked at: who touches what these touch or have touched, and everybody in their groups. */
const neighboursOf = (
  sql: Sql,
  cluster: string,
  changed: readonly Groupable[],
  before: readonly GroupingRow[],
): Promise<GroupingRow[]> => {
  const touches = [...changed, ...before.map(({ essence }) => essence)].flatMap((g) => g.touches)
  const things = [...new Set(touches.map(({ thing }) => thing))]
  const since = Math.min(...changed.map(({ beganAt }) => beganAt)) - PAST_MS
  return sql.rows(
    `with near as (
       select g.incident_id, g.group_id from incident_grouping g
       where g.incident_id in (
         select t.incident_id from incident_touch t where t.cluster = $1 and t.thing = any($2::text[]))
       and coalesce((g.essence->>'endedAt')::float8, 'infinity') >= $3
       order by (g.essence->>'firstSeenAt')::float8 desc limit ${MAX_NEIGHBOURS})
     select ${COLUMNS} from incident_grouping
     where group_id in (select group_id from near union select unnest($4::uuid[]))`,
    [cluster, things, since, before.map((row) => row.placed.group)],
  )
}

const constraintsOf = async (sql: Sql, ids: readonly string[]): Promise<Constraints> => {
  const rows = await sql.rows<{ a: string; b: string; kind: 'must' | 'cannot' }>(
    'select a, b, kind from group_constraint where a = any($1::uuid[]) or b = any($1::uuid[])',
    [ids],
  )
  const of = (kind: string): (readonly [string, string])[] =>
    rows.filter((row) => row.kind === kind).map(({ a, b }) => [a, b] as const)
  return { mustLink: of('must'), cannotLink: of('cannot') }
}

const saveGrouping = async (
  sql: Sql,
  cluster: string,
  essences: readonly Groupable[],
  placements: readonly Placement[],
): Promise<void> => {
  const byId = new Map(placements.map((p) => [p.id, placedIn(p.id, p.group)]))
  await sql.rows(
    `insert into incident_grouping as g (incident_id, cluster, group_id, placed, essence)
     select id, $1, group_id, placed::jsonb, essence::jsonb
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as n (id, group_id, placed, essence)
     on conflict (incident_id) do update set essence = excluded.essence`,
    [
      cluster,
      essences.map(({ id }) => id),
      essences.map(({ id }) => byId.get(id)?.group ?? id),
      essences.map(({ id }) =>
        JSON.stringify(byId.get(id) ?? { group: id, primary: id, joins: [] }),
      ),
      essences.map((e) => JSON.stringify(e)),
    ],
  )
  await sql.rows(
    `update incident_grouping g set group_id = n.group_id, placed = n.placed::jsonb
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as n (id, group_id, placed) where g.incident_id = n.id`,
    [
      placements.map(({ id }) => id),
      placements.map(({ group }) => group.id),
      placements.map((p) => JSON.stringify(placedIn(p.id, p.group))),
    ],
  )
  const touches = essences.flatMap(({ id, touches: all }) =>
    [...new Set(all.map(({ thing }) => thing))].map((thing) => ({ id, thing })),
  )
  await sql.rows('delete from incident_touch where incident_id = any($1::uuid[])', [
    essences.map(({ id }) => id),
  ])
  await sql.rows(
    `insert into incident_touch (cluster, thing, incident_id)
     select $1, thing, id from unnest($2::text[], $3::uuid[]) as n (thing, id)`,
    [cluster, touches.map(({ thing }) => thing), touches.map(({ id }) => id)],
  )
}

const saveAliases = (sql: Sql, aliases: readonly (readonly [string, string])[]): Promise<unknown> =>
  sql.rows(
    `with n as (select * from unnest($1::uuid[], $2::uuid[]) as n (alias, group_id)),
     moved as (update group_alias g set group_id = n.group_id, since = now() from n where g.group_id = n.alias)
     insert into group_alias (alias, group_id) select alias, group_id from n
     on conflict (alias) do update set group_id = excluded.group_id, since = now()`,
    [aliases.map(([alias]) => alias), aliases.map(([, to]) => to)],
  )

/** What is a group of its own (again) is no other's alias. */
const dropAliases = (sql: Sql, living: readonly string[]): Promise<unknown> =>
  sql.rows('delete from group_alias where alias = any($1::uuid[])', [living])

/** Merged ones are in no group; they are forgotten here, and their group is decided without them. */
const forget = async (sql: Sql, ids: readonly string[]): Promise<void> => {
  await sql.rows('delete from incident_touch where incident_id = any($1::uuid[])', [ids])
  await sql.rows('delete from incident_grouping where incident_id = any($1::uuid[])', [ids])
}

/** Decides about one cluster; answers where its incidents belong now, those only that have moved. */
const regroupCluster = async (
  sql: Sql,
  cluster: string,
  incidents: readonly Incident[],
  before: readonly GroupingRow[],
): Promise<readonly Placement[]> => {
  const living = incidents.filter(({ status }) => status !== 'merged').map(groupableOf)
  const merged = incidents.filter(({ status }) => status === 'merged').map(({ id }) => id)
  const known = await neighboursOf(
    sql,
    cluster,
    [...living, ...before.map((b) => b.essence)],
    before,
  )
  const candidates = new Map<string, Candidate>(
    known
      .filter(({ id }) => !merged.includes(id))
      .map((row) => [row.id, { groupable: row.essence, placed: row.placed }]),
  )
  for (const groupable of living)
    candidates.set(groupable.id, {
      groupable,
      placed: before.find(({ id }) => id === groupable.id)?.placed,
    })
  const constraints = await constraintsOf(sql, [...candidates.keys()])
  const { changed, aliases } = regroup([...candidates.values()], constraints)
  await saveGrouping(sql, cluster, living, changed)
  if (merged.length > 0) await forget(sql, merged)
  if (aliases.length > 0) await saveAliases(sql, aliases)
  if (changed.length > 0) await dropAliases(sql, [...new Set(changed.map((p) => p.group.id))])
  return changed
}

/**
 * Decides the groups anew where these effects may have moved something, and adds what that changes: to the effects, and of other
 * incidents. Throws {@link GroupsBusy} where another writer does so and `locked` says that nobody has waited for it.
 */
export const withGroups = async (
  sql: Sql,
  effects: readonly Effect[],
  locked: boolean,
): Promise<readonly Effect[]> => {
  const stored = await groupingOf(
    sql,
    effects.map(({ incident }) => incident.id),
  )
  const before = new Map(stored.map((row) => [row.id, row]))
  const moved = effects.filter(({ incident }) => {
    const row = before.get(incident.id)
    if (incident.status === 'merged') return row !== undefined
    return row === undefined || !same(row.essence, groupableOf(incident))
  })
  if (moved.length === 0) return effects
  const byCluster = Map.groupBy(moved, ({ incident }) => incident.cluster)
  if (!locked && !(await tryLockGroups(sql, [...byCluster.keys()]))) throw new GroupsBusy()
  const added: Effect[] = []
  const changedHere = new Map<string, Effect>()
  for (const [cluster, ofCluster] of byCluster) {
    const ids = ofCluster.map(({ incident }) => incident.id)
    // Read again: until now another writer may have moved them.
    const placements = await regroupCluster(
      sql,
      cluster,
      ofCluster.map(({ incident }) => incident),
      await groupingOf(sql, ids),
    )
    const cause = causeOf(ofCluster[0]!)
    const own = new Map(effects.map((effect) => [effect.incident.id, effect]))
    const others = placements.filter(({ id }) => !own.has(id))
    const documents = new Map(
      (
        await lockById(
          sql,
          others.map(({ id }) => id),
        )
      ).map((i) => [i.id, i]),
    )
    for (const placement of placements) {
      const effect = own.get(placement.id)
      if (effect !== undefined) {
        const more = placed(effect.incident, placement, { cause, published: true })
        changedHere.set(placement.id, {
          incident: more.incident,
          events: [...effect.events, ...more.events],
          notes: [...effect.notes, ...more.notes],
        })
      } else {
        const incident = documents.get(placement.id)
        if (incident !== undefined)
          added.push(placed(incident, placement, { cause, published: false }))
      }
    }
  }
  return [...effects.map((e) => changedHere.get(e.incident.id) ?? e), ...added]
}

const causeOf = ({ incident }: Effect): Effect['events'][number]['cause'] => ({
  ...incident.context.cause,
  rulesHash: incident.context.rulesHash,
})
