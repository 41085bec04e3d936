import type { StateStore } from '@kubesift/adapter-redis'
import { NamespaceMachine, type Classifier } from '@kubesift/core-context'

const decode = (id: string): { cluster: string; namespace: string } => {
  const slash = id.indexOf('/')
  return {
    cluster: decodeURIComponent(id.slice(0, slash)),
    namespace: decodeURIComponent(id.slice(slash + 1)),
  }
}

/** The machines of one partition's namespaces, loaded on demand and dropped least recently used first; Redis has them all. */
export class NamespaceCache {
  readonly #machines = new Map<string, NamespaceMachine>()
  readonly #store: StateStore
  readonly #partition: number
  readonly #classifier: Classifier
  readonly #max: number

  constructor(store: StateStore, partition: number, classifier: Classifier, max: number) {
    this.#store = store
    this.#partition = partition
    this.#classifier = classifier
    this.#max = max
  }

  /** Loads what is missing of these, in one round trip. */
  async warm(ids: readonly string[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#machines.has(id))
    if (missing.length === 0) return
    for (const [id, fields] of await this.#store.load(this.#partition, missing)) {
      const { cluster, namespace } = decode(id)
      const machine = new NamespaceMachine(cluster, namespace, this.#classifier)
      machine.load(fields)
      this.#machines.set(id, machine)
    }
  }

  /** A machine that was warmed. */
  get(id: string): NamespaceMachine {
    const machine = this.#machines.get(id)
    if (machine === undefined)
      throw new RangeError(`namespace ${id} was not loaded before it was used`)
    this.#machines.delete(id)
    this.#machines.set(id, machine)
    return machine
  }

  /** Called between batches: what was used least recently goes. */
  trim(): void {
    for (const id of this.#machines.keys()) {
      if (this.#machines.size <= this.#max) return
      this.#machines.delete(id)
    }
  }
}
