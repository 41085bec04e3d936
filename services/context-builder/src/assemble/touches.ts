import type { NamespaceWrite, Timer } from '@kubesift/adapter-redis'
import type { Settled } from '@kubesift/core-context'
import type { NamespaceCache } from './namespace-cache.ts'

export type Derived = Settled['contexts'][number]

/** A context, and the last record that was applied when it was derived: the second part of its version. */
export interface Told {
  readonly derived: Derived
  readonly offset: number
  readonly traceparent: string | undefined
}

interface Touched {
  readonly chunks: Buffer[]
  readonly fields: Map<string, string>
  readonly contexts: Map<string, Omit<Told, 'traceparent'>>
  traceparent: string | undefined
  /** What is left of it, if it was found to be cold. */
  cold: Settled['cold']
}

const NEVER: Timer = { at: null, stale: false }

/** What a batch has touched, by namespace. */
export class Touches {
  readonly #all = new Map<string, Touched>()

  #of(id: string): Touched {
    let entry = this.#all.get(id)
    if (entry === undefined) {
      const contexts: Touched['contexts'] = new Map()
      entry = { chunks: [], fields: new Map(), contexts, traceparent: undefined, cold: undefined }
      this.#all.set(id, entry)
    }
    return entry
  }

  /** A chunk was joined. */
  joined(id: string, raw: Buffer, traceparent: string | undefined): void {
    const entry = this.#of(id)
    entry.chunks.push(raw)
    if (traceparent !== undefined) entry.traceparent = traceparent
  }

  /** These fields are to be stored. */
  stored(id: string, fields: Iterable<readonly [string, string]>): void {
    const entry = this.#of(id)
    for (const [name, value] of fields) entry.fields.set(name, value)
  }

  /** It was decided about, and has gone cold if something is `left` of it. */
  settled(id: string, left: Settled['cold']): void {
    this.#of(id).cold = left
  }

  /** The namespaces that have gone cold. */
  cold(): string[] {
    return [...this.#all].flatMap(([id, { cold }]) => (cold === undefined ? [] : [id]))
  }

  /** This is to be published. */
  told(id: string, derived: Derived, offset: number): void {
    this.#of(id).contexts.set(derived.key, { derived, offset })
  }

  /** What is to be written. */
  writes(cache: NamespaceCache, timers: ReadonlyMap<string, Timer>): NamespaceWrite[] {
    return [...this.#all].map(([id, { chunks, fields, contexts, cold }]) => {
      const cached = cache.get(id)
      const kept = cold === undefined ? cached.save(chunks) : cached.fold(cold, fields)
      return {
        id,
        chunks: kept.chunks,
        saved: kept.saved,
        fields: cold === undefined ? new Map([...kept.fields, ...fields]) : kept.fields,
        timer: timers.get(id) ?? NEVER,
        publish: contexts.size > 0,
      }
    })
  }

  /** What is to be published, when that is written. */
  contexts(): Told[] {
    return [...this.#all.values()].flatMap(({ contexts, traceparent }) =>
      [...contexts.values()].map((told) => ({ ...told, traceparent })),
    )
  }
}
