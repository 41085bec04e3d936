import { topicsPresent, type Kafka } from '@kubesift/adapter-kafka'
import type { StateStore } from '@kubesift/adapter-redis'
import { signals } from '@kubesift/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import type { CliContext } from '../frame/verb.ts'
import { counted } from '../render/words.ts'
import { isWritten, lostOf, partsOf, planText, type Part } from './plan.ts'

export interface RebuildOptions {
  readonly dryRun?: boolean
  readonly force?: boolean
  /** Seconds. */
  readonly wait: number
}

interface With {
  readonly kafka: Kafka
  readonly store: Pick<StateStore, 'standings' | 'forget'>
  readonly context: Pick<CliContext, 'print' | 'warn' | 'now' | 'signal'>
}

const ASK_EVERY_MS = 500

/**
 * Has the state of the assemblers made again: that of all partitions with `force`, else of those that are lost. The assemblers do it; this
 * takes the old state away, and waits until the new one is whole.
 */
export const rebuild = async (
  { kafka, store, context }: With,
  options: RebuildOptions,
): Promise<ExitCode> => {
  if ((await topicsPresent(kafka, [signals.topic])).length === 0)
    throw new CliFailure(
      `there is no topic ${kafka.named(signals.topic)}: nothing was ever read here`,
      ExitCode.failed,
    )
  const parts = await partsOf(kafka, store)
  const lost = lostOf(parts)
  // Of a partition to which nothing was ever written there is no state to wait for.
  const chosen =
    options.force === true ? parts.filter((p) => p.epoch !== undefined || isWritten(p)) : lost
  if (chosen.length === 0) {
    context.print(
      parts.some(isWritten)
        ? `the state of all ${counted(parts.length, 'partition')} is there: nothing to rebuild (--force makes it anew)`
        : `nothing was ever written to signals: nothing to rebuild`,
    )
    return ExitCode.ok
  }
  for (const line of planText(chosen)) context.print(line)
  if (options.dryRun === true) {
    context.print('nothing was changed (--dry-run)')
    return ExitCode.ok
  }
  if (options.force === true)
    for (const { partition, epoch } of chosen)
      if (epoch !== undefined) await store.forget(partition)
  return untilWhole({ store, context }, chosen, options.wait)
}

/** A state that stands, and is published. */
const wholeOf = async (
  store: With['store'],
  chosen: readonly Part[],
): Promise<readonly number[]> => {
  const standings = await store.standings(chosen.map(({ partition }) => partition))
  return [...standings].flatMap(([partition, { isWhole }]) => (isWhole ? [partition] : []))
}

const untilWhole = async (
  { store, context }: Pick<With, 'store' | 'context'>,
  chosen: readonly Part[],
  seconds: number,
): Promise<ExitCode> => {
  const end = context.now() + seconds * 1_000
  let told = -1
  for (;;) {
    const whole = await wholeOf(store, chosen)
    if (whole.length > told) context.print(`${whole.length} of ${chosen.length} are whole`)
    told = Math.max(told, whole.length)
    if (whole.length === chosen.length) {
      context.print('the state is whole again; its contexts are published under a new epoch')
      return ExitCode.ok
    }
    if (context.signal.aborted) return ExitCode.interrupted
    if (context.now() >= end)
      throw new CliFailure(
        `${chosen.length - whole.length} of ${chosen.length} partitions are not whole after ${seconds} s: is the context-builder (role assemble) running, with this REDIS_URL and KAFKA_TOPIC_PREFIX? It goes on by itself; ask again with \`./kubesift rebuild\``,
        ExitCode.notRunning,
      )
    await sleep(ASK_EVERY_MS, undefined, { signal: context.signal }).catch(() => undefined)
  }
}
