import { setTimeout as sleep } from 'node:timers/promises'
import type { Producer } from '@kubesift/adapter-kafka'
import { OTEL_LOGS, otelPolicy } from '@kubesift/contracts'
import type { Probes } from './probes.ts'
import type { Storm } from './storm.ts'

/** One message of records each tick, as the gateway's batch processor would send them. */
const TICK_MS = 100

/** Records of one message, so that a message each tick makes this many records a second. */
export const perTick = (recordsPerSecond: number): number =>
  Math.round((recordsPerSecond * TICK_MS) / 1000)

export interface LoadBench {
  readonly producer: Producer
  readonly probes: Probes
  readonly signal: AbortSignal
}

export interface LoadPlan {
  /** In the names of its probes; no two loads of a run have the same. */
  readonly name: string
  readonly probesPerSecond: number
}

/** Storms side by side, a message of each every tick; probes go into the namespaces of the first. */
export class Load {
  readonly #storms: readonly [Storm, ...Storm[]]
  readonly #plan: LoadPlan
  readonly #bench: LoadBench
  #partition = 0
  #probe = 0

  constructor(storms: readonly [Storm, ...Storm[]], plan: LoadPlan, bench: LoadBench) {
    this.#storms = storms
    this.#plan = plan
    this.#bench = bench
  }

  /** Sends for so long. */
  async run(
    seconds: number,
    withProbes = true,
  ): Promise<{ readonly records: number; readonly probes: number }> {
    const { signal } = this.#bench
    const began = performance.now()
    const ticks = Math.round((seconds * 1000) / TICK_MS)
    const every = Math.max(1, Math.round(1000 / TICK_MS / this.#plan.probesPerSecond))
    const firstProbe = this.#probe
    const sending: Promise<void>[] = []
    for (let tick = 0; tick < ticks; tick += 1) {
      signal.throwIfAborted()
      await sleep(Math.max(0, began + tick * TICK_MS - performance.now()))
      const now = Date.now()
      for (const storm of this.#storms)
        for (const message of storm.messages(1, now)) sending.push(this.#send(message))
      if (withProbes && tick % every === 0) sending.push(this.#sendProbe(now))
    }
    await Promise.all(sending)
    const records = this.#storms.reduce((sum, s) => sum + s.recordsPerMessage, 0) * ticks
    return { records, probes: this.#probe - firstProbe }
  }

  #sendProbe(now: number): Promise<void> {
    this.#probe += 1
    const owner = `probe-${this.#plan.name}n${this.#probe}`
    const { message, namespace } = this.#storms[0].probe(owner, now)
    this.#bench.probes.sending(owner, namespace)
    return this.#send(message)
  }

  async #send(value: Uint8Array): Promise<void> {
    this.#partition = (this.#partition + 1) % otelPolicy.partitions
    await this.#bench.producer.publishRaw(OTEL_LOGS, [{ value, partition: this.#partition }])
  }
}
