import type { ObjectRef } from '@kubesift/contracts'
import type { LogRecord } from '../log-record.ts'
import { compact, str } from '../pick.ts'

/** The container that a line is of. */
export interface PodOfLog {
  readonly ref: ObjectRef
  readonly container?: string
}

/** Where the kubelet keeps a container's log: `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<restart>.log`. */
const POD_LOG =
  /\/pods\/([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})_([0-9a-f-]{1,36})\/([a-z0-9-]{1,63})\//

const either = (record: LogRecord, key: string): string | undefined =>
  str(record.resource, key) ?? str(record.attributes, key)

/** The pod that a log record is of: by the attributes of OpenTelemetry's conventions, else by the path of its file. */
export const podOf = (record: LogRecord): PodOfLog | undefined => {
  const name = either(record, 'k8s.pod.name')
  const namespace = either(record, 'k8s.namespace.name')
  if (name !== undefined && namespace !== undefined) {
    const ref = compact({ kind: 'Pod', namespace, name, uid: either(record, 'k8s.pod.uid') })
    return compact({ ref, container: either(record, 'k8s.container.name') })
  }
  const path = POD_LOG.exec(either(record, 'log.file.path') ?? '')
  if (path === null) return undefined
  const [, ns, pod, uid, container] = path
  return { ref: { kind: 'Pod', namespace: ns!, name: pod!, uid: uid! }, container: container! }
}

/** Whether the record was read from a container's output, whatever it holds. */
export const isContainerOutput = (record: LogRecord): boolean =>
  ['log.file.path', 'log.iostream', 'k8s.container.name'].some(
    (key) => either(record, key) !== undefined,
  )
