import { namespaceKey, type TooLateLedger } from '@kubesift/contracts'
import type { Settled } from '@kubesift/core-context'

/** What a partition has found that no context tells: it is counted, and handed over once. */
export class CountedOnly {
  #ignored: Settled['ignored'][number][] = []
  #noise: (readonly [why: string, events: number])[] = []
  readonly #late = new Map<string, TooLateLedger>()

  add(
    { cluster, namespace }: { readonly cluster: string; readonly namespace: string },
    settled: Pick<Settled, 'ignored' | 'noise' | 'late'>,
  ): void {
    this.#ignored.push(...settled.ignored)
    this.#noise.push(...settled.noise)
    const { late } = settled
    if (late !== undefined)
      this.#late.set(namespaceKey(cluster, namespace), { cluster, namespace, kinds: late })
  }

  /** What the operators' rules have kept shut, and which noise the catalogue has known, since this was asked last. */
  takeIgnored(): {
    readonly ignored: Settled['ignored']
    readonly noise: readonly (readonly [why: string, events: number])[]
  } {
    return { ignored: this.#ignored.splice(0), noise: this.#noise.splice(0) }
  }

  /** The ledgers of namespaces in which something has come too late since this was asked last. */
  takeLate(): TooLateLedger[] {
    const late = [...this.#late.values()]
    this.#late.clear()
    return late
  }
}
