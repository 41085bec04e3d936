import type { SlimContainer, SlimObject, SlimPod, Termination } from '@kubesift/contracts'
import { bool, compact, int, list, str, sub, time, type Json } from '../pick.ts'
import { conditionsOf } from './head.ts'

const MESSAGE = 512
/** More names than this are not a pod that somebody wrote; unbounded, they alone would make a record too large for its topic. */
const MAX_NEEDED = 64

const termination = (container: string, state: Json): Termination | undefined => {
  const ended = sub(state, 'terminated')
  const exitCode = int(ended, 'exitCode')
  if (exitCode === undefined) return undefined
  return compact({
    container,
    reason: str(ended, 'reason') ?? (exitCode === 0 ? 'Completed' : 'Error'),
    exitCode,
    signal: int(ended, 'signal'),
    startedAt: time(ended, 'startedAt'),
    finishedAt: time(ended, 'finishedAt'),
    message: str(ended, 'message', MESSAGE),
  })
}

const waiting = (state: Json): SlimContainer['waiting'] => {
  const entry = sub(state, 'waiting')
  const reason = str(entry, 'reason')
  return reason === undefined
    ? undefined
    : compact({ reason, message: str(entry, 'message', MESSAGE) })
}

const container = (status: Json, init: boolean): SlimContainer => {
  const name = str(status, 'name') ?? ''
  const state = sub(status, 'state')
  return compact({
    name,
    image: str(status, 'image', 512),
    init: init ? true : undefined,
    ready: bool(status, 'ready') ?? false,
    restarts: int(status, 'restartCount') ?? 0,
    waiting: waiting(state),
    runningSince: time(sub(state, 'running'), 'startedAt'),
    terminated: termination(name, state),
    last: termination(name, sub(status, 'lastState')),
  })
}

/** Names of one kind of thing that a pod needs, from its volumes and its environment. */
const needed = (spec: Json, volume: [string, string], env: string): string[] => {
  const volumes = list(spec, 'volumes', 64).flatMap((v) => {
    const projected = list(sub(v, 'projected'), 'sources', 16).map((s) =>
      str(sub(s, volume[0]), 'name'),
    )
    return [str(sub(v, volume[0]), volume[1]), ...projected]
  })
  const containers = [...list(spec, 'initContainers', 32), ...list(spec, 'containers', 32)]
  const refs = containers.flatMap((c) => [
    ...list(c, 'envFrom', 32).map((e) => str(sub(e, `${env}Ref`), 'name')),
    ...list(c, 'env', 128).map((e) => str(sub(sub(e, 'valueFrom'), `${env}KeyRef`), 'name')),
  ])
  const names = [...volumes, ...refs].filter((name): name is string => name !== undefined)
  // Every pod mounts the cluster's CA bundle; it explains nothing.
  const own = [...new Set(names)].filter((name) => name !== 'kube-root-ca.crt')
  return own.sort().slice(0, MAX_NEEDED)
}

export const podOf = (object: Json, head: SlimObject): SlimPod => {
  const spec = sub(object, 'spec')
  const status = sub(object, 'status')
  return compact({
    node: str(spec, 'nodeName'),
    phase: str(status, 'phase') ?? 'Unknown',
    reason: str(status, 'reason'),
    message: str(status, 'message', MESSAGE),
    conditions: conditionsOf(status),
    containers: [
      ...list(status, 'initContainerStatuses', 32).map((c) => container(c, true)),
      ...list(status, 'containerStatuses', 32).map((c) => container(c, false)),
    ],
    revisionHash: head.labels['pod-template-hash'] ?? head.labels['controller-revision-hash'],
    configMaps: needed(spec, ['configMap', 'name'], 'configMap'),
    secrets: needed(spec, ['secret', 'secretName'], 'secret'),
    claims: list(spec, 'volumes', 64).flatMap(
      (v) => str(sub(v, 'persistentVolumeClaim'), 'claimName') ?? [],
    ),
  })
}
