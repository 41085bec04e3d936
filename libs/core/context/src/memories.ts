import { NO_MEMORY, type OwnerMemory } from './owner-memory.ts'
import type { Fields } from './stored-facts.ts'

const NO_MEMORY_TEXT = JSON.stringify(NO_MEMORY)
const MEMORY = 'm:'

/** The field that holds what is remembered of an owner. */
export const memoryField = (id: string): string => MEMORY + id

/** What is remembered of the owners of a namespace, and as what it is stored. */
export class Memories {
  readonly #memory = new Map<string, OwnerMemory>()
  /** Each memory as it was last written, to tell whether it has changed. */
  readonly #written = new Map<string, string>()
  #next: number | null = null
  /** Whether `#next` may be too early: the one that had it has another now. */
  #isOld = false

  /** Takes up a stored field; undefined where it is none of these. */
  take(
    field: string,
    text: string,
  ): { readonly id: string; readonly memory: OwnerMemory } | undefined {
    if (!field.startsWith(MEMORY)) return undefined
    const id = field.slice(MEMORY.length)
    const memory = JSON.parse(text) as OwnerMemory
    this.#written.set(id, text)
    this.#set(id, memory)
    return { id, memory }
  }

  get(id: string): OwnerMemory | undefined {
    return this.#memory.get(id)
  }

  ids(): Iterable<string> {
    return this.#memory.keys()
  }

  /** All of it as it is stored. */
  fields(): [string, string][] {
    return [...this.#written].map(([id, text]) => [MEMORY + id, text])
  }

  /** Whether an owner is open, or has its hour still to come. */
  get isAwake(): boolean {
    if (this.nextDecisionAt() !== null) return true
    return [...this.#memory.values()].some(({ open, stale }) => open.length > 0 || stale === true)
  }

  /** Remembers it, and notes the field that is to be stored where it is another than before. */
  write(id: string, memory: OwnerMemory, fields: Fields): void {
    const text = JSON.stringify(memory)
    if (text === (this.#written.get(id) ?? NO_MEMORY_TEXT)) return
    this.#set(id, memory)
    this.#written.set(id, text)
    fields.set(MEMORY + id, text)
  }

  #set(id: string, memory: OwnerMemory): void {
    const before = this.#memory.get(id)?.nextDecisionAt ?? null
    const { nextDecisionAt: at } = memory
    this.#memory.set(id, memory)
    if (at !== null && (this.#next === null || at <= this.#next)) this.#next = at
    else if (before !== null && before === this.#next && before !== at) this.#isOld = true
  }

  /** The earliest watermark at which something may have to be decided again. */
  nextDecisionAt(): number | null {
    if (!this.#isOld) return this.#next
    this.#isOld = false
    this.#next = null
    for (const { nextDecisionAt: at } of this.#memory.values())
      if (at !== null && (this.#next === null || at < this.#next)) this.#next = at
    return this.#next
  }

  /** The owners whose hour has come. */
  due(watermark: number): string[] {
    const next = this.nextDecisionAt()
    if (next === null || next > watermark) return []
    return [...this.#memory].flatMap(([id, { nextDecisionAt: at }]) =>
      at !== null && at <= watermark ? [id] : [],
    )
  }
}
