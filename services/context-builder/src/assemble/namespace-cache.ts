import type { StateStore, Stored } from '@kubesift/adapter-redis'
import { readChunk } from '@kubesift/adapter-signals'
import type { SignalChunk } from '@kubesift/contracts'
import { NamespaceMachine, type Classifier, type Fields } from '@kubesift/core-context'
import { FOLDED, fold, unfold } from './folded.ts'

/** A namespace's stored chunks may outgrow what its fields would take by this factor before they are made into fields … */
const CHUNKS_OVER_FIELDS = 2
/** … and are left alone up to this many bytes. */
const MIN_CHUNK_BYTES = 64 * 1024
/** An Event fact takes at least so many bytes as a field: where each is another one, chunks are the shorter form. */
const EVENT_FIELD_BYTES = 400

/** An empty field is taken away. */
const FORGOTTEN = ''

/** What is stored of a namespace with a batch. */
interface Kept {
  readonly chunks: readonly Buffer[]
  /** The fields hold all that was told so far. */
  readonly saved: boolean
  readonly fields: Fields
}

/** One namespace in memory, with the size of what is stored of it. */
export class CachedNamespace {
  readonly machine: NamespaceMachine
  /** Of each field: one that is written again takes the place of the former. */
  readonly #sizes = new Map<string, number>()
  #fieldBytes = 0
  #chunkBytes = 0
  /** The fields, where they are stored folded: they are written out with the next that is. */
  #folded: Fields | undefined

  constructor(machine: NamespaceMachine, { fields, chunks }: Stored, folded?: Fields) {
    this.machine = machine
    this.#folded = folded
    this.#measure(folded ?? fields)
    for (const chunk of chunks) this.#chunkBytes += chunk.length
  }

  #measure(fields: Iterable<readonly [string, string]>): void {
    for (const [name, value] of fields) {
      const size = value === FORGOTTEN ? 0 : name.length + value.length
      this.#fieldBytes += size - (this.#sizes.get(name) ?? 0)
      if (size === 0) this.#sizes.delete(name)
      else this.#sizes.set(name, size)
    }
  }

  /**
   * What is to be stored of these chunks: themselves, or, when enough has gathered, the fields of all that was told so far in their
   * place. So a storm costs a copy of what came, and now and then the facts that it moved.
   */
  save(chunks: readonly Buffer[]): Kept {
    const { fields, ...kept } = this.#save(chunks)
    if (this.#folded === undefined) return { fields, ...kept }
    const unfolded = new Map([...this.#folded, ...fields, [FOLDED, FORGOTTEN]])
    this.#folded = undefined
    return { fields: unfolded, ...kept }
  }

  /** What is to be stored in the place of all that was, when that is all that is left of it: one field, or none. Not to be used after it. */
  fold(cold: Fields, memory: Fields): Kept {
    const fields: Fields = new Map()
    for (const stored of [this.#sizes, cold, memory])
      for (const name of stored.keys()) fields.set(name, FORGOTTEN)
    fields.set(FOLDED, cold.size === 0 ? FORGOTTEN : fold(cold))
    return { chunks: [], saved: true, fields }
  }

  #save(chunks: readonly Buffer[]): Kept {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
    this.#chunkBytes += bytes
    const fieldBytes = this.#fieldBytes + EVENT_FIELD_BYTES * this.machine.newEvents
    const limit = Math.max(MIN_CHUNK_BYTES, CHUNKS_OVER_FIELDS * fieldBytes)
    if (this.#chunkBytes <= limit && !this.machine.mustSave)
      return { chunks, saved: false, fields: new Map() }
    const fields = this.machine.snapshot()
    this.#chunkBytes = 0
    this.#measure(fields)
    return { chunks: [], saved: true, fields }
  }
}

const decode = (id: string): { cluster: string; namespace: string } => {
  const slash = id.indexOf('/')
  return {
    cluster: decodeURIComponent(id.slice(0, slash)),
    namespace: decodeURIComponent(id.slice(slash + 1)),
  }
}

/** Stored chunks were read once before they were stored: one that cannot be read again is a fault of ours or of the store. */
const signalsOf = (id: string, chunk: Buffer): SignalChunk => {
  const read = readChunk(chunk)
  if (read.ok) return read.value
  throw new Error(
    `the stored state of namespace ${id} holds a chunk that cannot be read: ${read.why}`,
  )
}

/** The machines of one partition's namespaces, loaded on demand and dropped least recently used first; Redis has them all. */
export class NamespaceCache {
  readonly #cached = new Map<string, CachedNamespace>()
  readonly #store: Pick<StateStore, 'load'>
  readonly #partition: number
  readonly #classifier: Classifier
  readonly #max: number
  readonly #retireAfterMs: number

  constructor(
    store: Pick<StateStore, 'load'>,
    partition: number,
    classifier: Classifier,
    bounds: { readonly cachedNamespaces: number; readonly retireAfterMs: number },
  ) {
    this.#store = store
    this.#partition = partition
    this.#classifier = classifier
    this.#max = bounds.cachedNamespaces
    this.#retireAfterMs = bounds.retireAfterMs
  }

  /** Loads what is missing of these, in one round trip. */
  async warm(ids: readonly string[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#cached.has(id))
    if (missing.length === 0) return
    for (const [id, stored] of await this.#store.load(this.#partition, missing)) {
      const { cluster, namespace } = decode(id)
      const machine = new NamespaceMachine(
        cluster,
        namespace,
        this.#classifier,
        this.#retireAfterMs,
      )
      const text = stored.fields.find(([name]) => name === FOLDED)?.[1]
      const folded = text === undefined ? undefined : new Map(unfold(id, text))
      machine.load(
        folded ?? stored.fields,
        stored.chunks.map((chunk) => signalsOf(id, chunk)),
      )
      this.#cached.set(id, new CachedNamespace(machine, stored, folded))
    }
  }

  /** A namespace that was warmed. */
  get(id: string): CachedNamespace {
    const cached = this.#cached.get(id)
    if (cached === undefined)
      throw new RangeError(`namespace ${id} was not loaded before it was used`)
    this.#cached.delete(id)
    this.#cached.set(id, cached)
    return cached
  }

  /** What is stored is the truth: all is loaded anew. */
  clear(): void {
    this.#cached.clear()
  }

  /** It has gone cold, and was folded: it is loaded again when something comes. */
  drop(id: string): void {
    this.#cached.delete(id)
  }

  /** Called between batches: what was used least recently goes. */
  trim(): void {
    for (const id of this.#cached.keys()) {
      if (this.#cached.size <= this.#max) return
      this.#cached.delete(id)
    }
  }
}
