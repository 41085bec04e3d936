import type { CostFact } from './cost-fact.ts'
import type { EventFact, Told } from './event-fact.ts'
import type { Facts } from './facts.ts'
import type { ObjectFact } from './object-fact.ts'
import type { OtherFact } from './other-facts.ts'

/** The state of a namespace as a flat map of fields. */
export type Fields = Map<string, string>

const EVENT = 'e:'
const OBJECT = 'o:'
const OTHER = 'x:'
const COST = 'c:'
const NAMES = 'names'
const EARLY = 'early'

/** A field with this value is to be taken away; stored ones of old have it too. */
export const FORGOTTEN = ''

/** A name as it is stored: `Kind/name`. */
export const nameOf = (id: string): { readonly kind: string; readonly name: string } => {
  const slash = id.indexOf('/')
  return { kind: id.slice(0, slash), name: id.slice(slash + 1) }
}

/** Whether a field holds only what helps to read the names of what comes. */
export const isName = (field: string): boolean => field === NAMES || field === EARLY

/** Takes up one stored field of the facts; fields of another kind change nothing. */
export const takeField = (facts: Facts, field: string, value: string): void => {
  if (value === FORGOTTEN) return
  if (field.startsWith(EVENT)) facts.events.add(JSON.parse(value) as EventFact)
  else if (field.startsWith(OBJECT)) facts.addObject(JSON.parse(value) as ObjectFact)
  else if (field.startsWith(OTHER))
    facts.others.recall(field.slice(OTHER.length), JSON.parse(value) as OtherFact)
  else if (field.startsWith(COST))
    facts.costs.recall(field.slice(COST.length), JSON.parse(value) as CostFact)
  else if (field === NAMES)
    for (const id of JSON.parse(value) as string[]) facts.addName(nameOf(id))
  else if (field === EARLY) facts.events.recall(JSON.parse(value) as [string, Told][])
}

const textOf = (fact: unknown): string => (fact === undefined ? FORGOTTEN : JSON.stringify(fact))

/** What is known of a namespace that has no Events and no objects, as fields. */
export const restOf = (facts: Facts): Fields => {
  const fields: Fields = new Map()
  for (const id of facts.others.keys()) fields.set(OTHER + id, textOf(facts.others.get(id)))
  if (facts.names.size > 0) fields.set(NAMES, JSON.stringify([...facts.names]))
  const { early } = facts.events
  if (early.length > 0) fields.set(EARLY, JSON.stringify(early))
  return fields
}

/** Which facts have changed since they were stored. */
export class Unsaved {
  readonly events = new Set<string>()
  readonly objects = new Set<string>()
  readonly others = new Set<string>()
  readonly costs = new Set<string>()
  /** Facts were let go: what was told of them must not be kept beside their sums. */
  mustSave = false
  names = false
  /** Events that were never stored. */
  newEvents = 0

  /** The fields of what has changed; from then on it counts as stored. */
  fields(facts: Facts): Fields {
    const fields: Fields = new Map()
    for (const uid of this.events) fields.set(EVENT + uid, textOf(facts.events.get(uid)))
    for (const uid of this.objects) fields.set(OBJECT + uid, textOf(facts.objects.get(uid)))
    for (const id of this.others) fields.set(OTHER + id, textOf(facts.others.get(id)))
    for (const id of this.costs) fields.set(COST + id, textOf(facts.costs.get(id)))
    if (this.names) fields.set(NAMES, JSON.stringify([...facts.names]))
    if (facts.events.earlyChanged) fields.set(EARLY, JSON.stringify(facts.events.early))
    facts.events.earlyChanged = false
    this.events.clear()
    this.objects.clear()
    this.others.clear()
    this.costs.clear()
    this.mustSave = false
    this.names = false
    this.newEvents = 0
    return fields
  }
}
