import type { EventFact, Told } from './event-fact.ts'
import type { Facts } from './facts.ts'
import type { ObjectFact } from './object-fact.ts'
import type { OtherFact } from './other-facts.ts'

/** The state of a namespace as a flat map of fields. */
export type Fields = Map<string, string>

const EVENT = 'e:'
const OBJECT = 'o:'
const OTHER = 'x:'
const NAMES = 'names'
const EARLY = 'early'

/** A field cannot be taken away; this is what is left of it. */
const FORGOTTEN = ''

/** A name as it is stored: `Kind/name`. */
export const nameOf = (id: string): { readonly kind: string; readonly name: string } => {
  const slash = id.indexOf('/')
  return { kind: id.slice(0, slash), name: id.slice(slash + 1) }
}

/** Takes up one stored field of the facts; fields of another kind change nothing. */
export const takeField = (facts: Facts, field: string, value: string): void => {
  if (field.startsWith(EVENT)) facts.events.add(JSON.parse(value) as EventFact)
  else if (field.startsWith(OBJECT)) facts.addObject(JSON.parse(value) as ObjectFact)
  else if (field.startsWith(OTHER)) {
    if (value !== FORGOTTEN)
      facts.others.recall(field.slice(OTHER.length), JSON.parse(value) as OtherFact)
  } else if (field === NAMES)
    for (const id of JSON.parse(value) as string[]) facts.addName(nameOf(id))
  else if (field === EARLY) facts.events.recall(JSON.parse(value) as [string, Told][])
}

/** Which facts have changed since they were stored. */
export class Unsaved {
  readonly events = new Set<string>()
  readonly objects = new Set<string>()
  readonly others = new Set<string>()
  names = false
  /** Events that were never stored. */
  newEvents = 0

  /** The fields of what has changed; from then on it counts as stored. */
  fields(facts: Facts): Fields {
    const fields: Fields = new Map()
    for (const uid of this.events) fields.set(EVENT + uid, JSON.stringify(facts.events.get(uid)))
    for (const uid of this.objects) fields.set(OBJECT + uid, JSON.stringify(facts.objects.get(uid)))
    for (const id of this.others) {
      const fact = facts.others.get(id)
      fields.set(OTHER + id, fact === undefined ? FORGOTTEN : JSON.stringify(fact))
    }
    if (this.names) fields.set(NAMES, JSON.stringify([...facts.names]))
    if (facts.events.earlyChanged) fields.set(EARLY, JSON.stringify(facts.events.early()))
    this.events.clear()
    this.objects.clear()
    this.others.clear()
    this.names = false
    this.newEvents = 0
    return fields
  }
}
