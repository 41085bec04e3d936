import { compareVersions, type Context, type Incident } from '@kubesift/contracts'
import { effectOfAnalysis, effectsOf, type Effect } from '@kubesift/core-incident'
import { saveAnalyses, takeSlots, type PlacedAnalysis } from './analysis-slots.ts'
import type { Database, Sql } from './database.ts'
import { GroupsBusy, lockGroups, withGroups } from './grouping.ts'
import { withLinks } from './linking.ts'
import { storable } from './storable.ts'
import {
  claimNewer,
  lockById,
  lockByKey,
  savePosition,
  writeEffects,
  type StreamPosition,
} from './write-statements.ts'

/** What a batch did: how many documents changed, and how many inputs said nothing new. */
export interface Applied {
  readonly changed: number
  readonly dropped: number
}

const newestByKey = (contexts: readonly Context[]): readonly Context[] => {
  const newest = new Map<string, Context>()
  for (const context of contexts) {
    const known = newest.get(context.key)
    if (known === undefined || compareVersions(known.version, context.version) < 0) {
      newest.set(context.key, context)
    }
  }
  return [...newest.values()]
}

const withAnalysis = (effect: Effect, placed: PlacedAnalysis | undefined): Effect => {
  if (placed === undefined) return effect
  const more = effectOfAnalysis(effect.incident, placed.analysis, placed.position)
  if (more === undefined) return effect
  return {
    incident: more.incident,
    events: [...effect.events, ...more.events],
    notes: [...effect.notes, ...more.notes],
  }
}

const sameVersionOrNewer = (a: PlacedAnalysis, b: PlacedAnalysis): boolean =>
  compareVersions(a.analysis.contextVersion, b.analysis.contextVersion) <= 0

/** Of one batch: the analysis that stands at its end, per incident. */
const newestByIncident = (
  batch: readonly PlacedAnalysis[],
): ReadonlyMap<string, PlacedAnalysis> => {
  const newest = new Map<string, PlacedAnalysis>()
  for (const placed of batch) {
    const known = newest.get(placed.analysis.incidentId)
    if (known === undefined || sameVersionOrNewer(known, placed)) {
      newest.set(placed.analysis.incidentId, placed)
    }
  }
  return newest
}

/** An incident read after its analysis was saved, as it was before: nothing has been told of it yet. */
const beforeSaving = (incident: Incident, saved: PlacedAnalysis | undefined): Incident => {
  const { analysis } = incident
  if (analysis === null || saved === undefined) return incident
  const newer = compareVersions(analysis.contextVersion, saved.analysis.contextVersion) > 0
  return newer ? incident : { ...incident, analysis: null }
}

/** The only writer of incidents. Each batch is one transaction: applied whole, once, or not at all. */
export class IncidentWriter {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Applies contexts; what is not newer than the stored is dropped. */
  async applyContexts(batch: readonly Context[], position: StreamPosition): Promise<Applied> {
    try {
      return await this.#applyContexts(batch, position, false)
    } catch (error) {
      if (!(error instanceof GroupsBusy)) throw error
      return this.#applyContexts(batch, position, true)
    }
  }

  /** Counts move no groups, and most batches hold nothing else: only one that found the groups busy waits for them first. */
  #applyContexts(
    batch: readonly Context[],
    position: StreamPosition,
    waitForGroups: boolean,
  ): Promise<Applied> {
    const contexts = newestByKey(batch.map(storable))
    return this.#database.transaction('applying contexts', async (sql) => {
      if (waitForGroups)
        await lockGroups(
          sql,
          contexts.map(({ cluster }) => cluster),
        )
      const claimed = contexts.length === 0 ? new Set<string>() : await claimNewer(sql, contexts)
      const newer = contexts.filter(({ key }) => claimed.has(key))
      const own = await this.#effectsOf(sql, newer)
      const effects = await withLinks(sql, await withGroups(sql, own, waitForGroups))
      await writeEffects(sql, effects)
      await savePosition(sql, position)
      return { changed: effects.length, dropped: batch.length - newer.length }
    })
  }

  /** Applies analyses; one whose incident is not there yet waits for it beside the table. */
  applyAnalyses(batch: readonly PlacedAnalysis[], position: StreamPosition): Promise<Applied> {
    const newest = newestByIncident(batch.map(storable))
    return this.#database.transaction('applying analyses', async (sql) => {
      const effects = newest.size === 0 ? [] : await this.#effectsOfAnalyses(sql, newest)
      await writeEffects(sql, effects)
      await savePosition(sql, position)
      return { changed: effects.length, dropped: batch.length - newest.size }
    })
  }

  async #effectsOf(sql: Sql, contexts: readonly Context[]): Promise<readonly Effect[]> {
    if (contexts.length === 0) return []
    const keys = contexts.map(({ key }) => key)
    const known = Map.groupBy(await lockByKey(sql, keys), ({ key }) => key)
    const effects = contexts.flatMap((context) => effectsOf(context, known.get(context.key) ?? []))
    const stored = new Set([...known.values()].flat().map(({ id }) => id))
    const fresh = effects.map(({ incident }) => incident.id).filter((id) => !stored.has(id))
    const waiting = await takeSlots(sql, fresh)
    return effects.map((effect) => withAnalysis(effect, waiting.get(effect.incident.id)))
  }

  async #effectsOfAnalyses(
    sql: Sql,
    newest: ReadonlyMap<string, PlacedAnalysis>,
  ): Promise<readonly Effect[]> {
    const ids = [...newest.keys()]
    const before = await lockById(sql, ids)
    await saveAnalyses(sql, [...newest.values()])
    // An incident that was committed between the two statements above saw no analysis: it is taken up here.
    const missing = ids.filter((id) => !before.some((incident) => incident.id === id))
    const late = missing.length === 0 ? [] : await lockById(sql, missing)
    const untold = late.map((incident) => beforeSaving(incident, newest.get(incident.id)))
    return [...before, ...untold].flatMap((incident) => {
      const placed = newest.get(incident.id)
      if (placed === undefined) return []
      return effectOfAnalysis(incident, placed.analysis, placed.position) ?? []
    })
  }
}
