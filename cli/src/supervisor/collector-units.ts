import type { Daemon } from '@kubesift/adapter-backing'
import { planCollector, type CollectorPlanOptions } from '@kubesift/otel-collector'
import type { State } from '../frame/state.ts'
import type { CollectorWish } from './collector-wish.ts'

interface CollectorUnits {
  /** In the order of the services: stopped in the reverse of it, so the agent first, and both before whoever takes. */
  readonly services: readonly { readonly daemon: Daemon; readonly address?: string }[]
  readonly state: Pick<State, 'collectorUrl' | 'cluster'>
}

/** The Collector that was wished for, with what others must know of it; nothing is started. */
export const planCollectorUnits = async ({
  wish,
  ...place
}: Omit<CollectorPlanOptions, 'cluster'> & {
  readonly wish: CollectorWish | undefined
}): Promise<CollectorUnits> => {
  if (wish === undefined) return { services: [], state: {} }
  const { cluster } = wish
  const { daemons, gatewayOtlpHttp } = await planCollector({
    ...place,
    ...(cluster === undefined ? {} : { cluster }),
  })
  return {
    services: daemons.map((daemon) =>
      daemon.spec.name === 'gateway' ? { daemon, address: gatewayOtlpHttp } : { daemon },
    ),
    state: {
      collectorUrl: gatewayOtlpHttp,
      ...(cluster === undefined ? {} : { cluster: cluster.name }),
    },
  }
}
