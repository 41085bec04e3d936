import { buildCollector, type CollectorName } from '@kubesift/otel-collector'
import { CliFailure, usageFailure } from '../frame/cli-failure.ts'
import { duration } from '../frame/duration.ts'
import type { State } from '../frame/state.ts'
import type { CliContext } from '../frame/verb.ts'
import { clusterOf } from '../lifecycle/kubeconfig.ts'
import type { CollectorWish } from '../supervisor/collector-wish.ts'

interface CollectorOptions {
  readonly collector?: boolean
  readonly kubeconfig?: string
  readonly cluster?: string
}

/** What the options ask of the supervisor; faults in them are told before anything starts. */
export const collectorWish = (
  { collector, kubeconfig, cluster }: CollectorOptions,
  env: CliContext['env'],
): CollectorWish | undefined => {
  if (kubeconfig !== undefined) return { cluster: clusterOf(kubeconfig, cluster, env) }
  if (cluster !== undefined)
    throw usageFailure(`--cluster ${cluster} names the cluster of --kubeconfig, which is missing`)
  return collector === true ? {} : undefined
}

/** Builds what is not built yet, in the foreground, where one sees why it takes long. */
export const buildCollectors = async (wish: CollectorWish, context: CliContext): Promise<void> => {
  const names: readonly CollectorName[] =
    wish.cluster === undefined ? ['gateway'] : ['gateway', 'agent']
  for (const name of names) {
    const begun = context.now()
    let built = false
    const log = (line: string): void => {
      built = true
      context.print(line)
    }
    await buildCollector(name, { home: context.home, env: context.env, log })
    if (built) context.print(`built in ${duration(context.now() - begun)}`)
  }
}

/** Following a system that another `up` started: it must run what this one asks for. */
export const mustServe = (wish: CollectorWish | undefined, state: State): void => {
  const lacks =
    wish === undefined
      ? undefined
      : state.collectorUrl === undefined
        ? 'without a Collector'
        : wish.cluster !== undefined && state.cluster !== wish.cluster.name
          ? `without an agent for cluster '${wish.cluster.name}'`
          : undefined
  if (lacks !== undefined)
    throw new CliFailure(
      `it runs already, ${lacks}: \`./kubesift down\`, and then the same command again`,
    )
}
