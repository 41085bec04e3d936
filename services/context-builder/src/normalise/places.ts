import { namespaceKey } from '@kubesift/contracts'

/** Where signals go: a namespace of a cluster (empty for cluster-scoped objects). */
export interface Place {
  readonly cluster: string
  readonly namespace: string
  /** Key of the topic `signals`: what decides about the partition. */
  readonly key: string
}

/** Namespaces by number, so that a flat array can name one. Numbers are never given twice. */
export class Places {
  readonly #numbers = new Map<string, number>()
  readonly #places: Place[] = []

  get size(): number {
    return this.#places.length
  }

  numberOf(cluster: string, namespace: string): number {
    const id = `${cluster.length} ${cluster}${namespace}`
    let number = this.#numbers.get(id)
    if (number === undefined) {
      number = this.#places.length
      this.#places.push({ cluster, namespace, key: namespaceKey(cluster, namespace) })
      this.#numbers.set(id, number)
    }
    return number
  }

  of(number: number): Place {
    const place = this.#places[number]
    if (place === undefined) throw new RangeError(`no namespace has the number ${number}`)
    return place
  }
}
