import { encodeLogs } from '@kubesift/adapter-otlp'
import { namespaceKey } from '@kubesift/contracts'

/** What a made storm of Events looks like. */
export interface StormShape {
  readonly namespaces: number
  readonly ownersPerNamespace: number
  readonly podsPerOwner: number
  /** The share of records that tell an Event that was told before, with a higher count; 0: every record is another Event. */
  readonly repeats: number
  /** The share of records that are of a pod that nobody has spoken of and that has crashed often enough to open a context. */
  readonly opens: number
  readonly recordsPerMessage: number
  /** Before the numbers of its namespaces. */
  readonly prefix?: string
}

export const STORM: StormShape = {
  namespaces: 100,
  ownersPerNamespace: 5,
  podsPerOwner: 4,
  repeats: 0.95,
  opens: 0,
  recordsPerMessage: 100,
}

export const ALL_DISTINCT: StormShape = { ...STORM, repeats: 0, opens: 0.01 }

/** What a crash-looping pod's Events say (recorded: e2e/recordings/crashloop-bad-rollout), and how often beside each other. */
const TOLD = [
  {
    reason: 'BackOff',
    type: 'Warning',
    often: 5,
    message: (app: string, pod: string) =>
      `Back-off restarting failed container ${app} in pod ${pod}_shop(3e1c)`,
  },
  {
    reason: 'Unhealthy',
    type: 'Warning',
    often: 4,
    message: () =>
      'Readiness probe failed: Get "http://10.88.0.23:8080/ready": dial tcp 10.88.0.23:8080: connect: connection refused',
  },
  {
    reason: 'Pulled',
    type: 'Normal',
    often: 1,
    message: (app: string) =>
      `Container image "ghcr.io/shop/${app}:1.4.2" already present on machine`,
  },
  {
    reason: 'Created',
    type: 'Normal',
    often: 1,
    message: (app: string) => `Created container: ${app}`,
  },
  {
    reason: 'Started',
    type: 'Normal',
    often: 1,
    message: (app: string) => `Started container ${app}`,
  },
] as const
/** What the kubelet says of an image that it may not pull: one such Event opens an incident. */
const OPENS = {
  reason: 'ErrImageNeverPull',
  type: 'Warning',
  message: (app: string) =>
    `Container image "ghcr.io/shop/${app}:1.4.2" is not present with pull policy of Never`,
} as const
const MIX = TOLD.flatMap((told, i) => Array.from({ length: told.often }, () => i))

interface Pod {
  readonly namespace: string
  readonly app: string
  readonly name: string
  readonly uid: string
  readonly node: string
}

/** How often the crash of a pod that opens a context has been told; the catalogue asks for less. */
const OPENING_COUNT = 5

/** The alphabet of Kubernetes' generated names (apimachinery, util/rand), so that owners are found from names as in the wild. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789'

/** A source of records like those of the Collector's k8s_events receiver. Seeded: the same storm every time. */
export class Storm {
  readonly #shape: StormShape
  readonly #cluster: string
  readonly #pods: Pod[] = []
  readonly #counts = new Map<string, number>()
  readonly #startedAt: number
  #seed: number
  #fresh = 0

  constructor(shape: StormShape, cluster: string, startedAt: number, seed = 1) {
    this.#shape = shape
    this.#cluster = cluster
    this.#startedAt = startedAt
    this.#seed = seed
    for (let n = 0; n < shape.namespaces; n += 1) {
      for (let o = 0; o < shape.ownersPerNamespace; o += 1) {
        for (let p = 0; p < shape.podsPerOwner; p += 1) this.#pods.push(this.#pod(n, `app-${o}`))
      }
    }
  }

  /** The next messages of the storm, each an export request; all of them say `at` as their time. */
  messages(count: number, at: number): Uint8Array[] {
    return Array.from({ length: count }, () =>
      encodeLogs({
        resourceLogs: Array.from({ length: this.#shape.recordsPerMessage }, () => this.#next(at)),
      }),
    )
  }

  /** Records that `messages` puts into one message. */
  get recordsPerMessage(): number {
    return this.#shape.recordsPerMessage
  }

  /**
   * A record that opens an incident at once, of a Deployment of this name that nobody has spoken of, in one of the namespaces of the storm;
   * and the key of that namespace.
   */
  probe(app: string, at: number): { readonly message: Uint8Array; readonly namespace: string } {
    const pod = this.#pod(this.#random() % this.#shape.namespaces, app)
    const uid = uuidOf(`${OPENS.reason} ${pod.uid}`)
    const record = { cluster: this.#cluster, pod, told: OPENS, uid, count: 1, at, since: at }
    return {
      message: encodeLogs({ resourceLogs: [recordOf(record)] }),
      namespace: namespaceKey(this.#cluster, pod.namespace),
    }
  }

  #next(at: number): unknown {
    if (this.#random() < this.#shape.opens * (1 << 16)) return this.#opening(at)
    const repeated = this.#random() < this.#shape.repeats * (1 << 16)
    const pod = repeated ? this.#oneOf(this.#pods) : this.#newPod()
    const told = TOLD[this.#oneOf(MIX)] as (typeof TOLD)[number]
    const uid = uuidOf(`${told.reason} ${pod.uid}`)
    const count = (this.#counts.get(uid) ?? 0) + 1
    this.#counts.set(uid, count)
    return recordOf({ cluster: this.#cluster, pod, told, uid, count, at, since: this.#startedAt })
  }

  #opening(at: number): unknown {
    const pod = this.#newPod()
    const [told] = TOLD
    const uid = uuidOf(`${told.reason} ${pod.uid}`)
    const [cluster, since] = [this.#cluster, this.#startedAt]
    return recordOf({ cluster, pod, told, uid, count: OPENING_COUNT, at, since })
  }

  /** A pod that nobody has spoken of, of a workload that was rolled out meanwhile. */
  #newPod(): Pod {
    this.#fresh += 1
    return this.#pod(this.#random() % this.#shape.namespaces, `late-${this.#fresh % 50}`)
  }

  #pod(namespace: number, app: string): Pod {
    const name = `${app}-${this.#text(9)}-${this.#text(5)}`
    const where = `${this.#shape.prefix ?? 'shop'}-${namespace}`
    const node = `worker-${this.#random() % 20}`
    return { namespace: where, app, name, uid: uuidOf(`${where}/${name}`), node }
  }

  #oneOf<T>(list: readonly T[]): T {
    return list[((this.#random() << 8) ^ this.#random()) % list.length] as T
  }

  #text(length: number): string {
    let text = ''
    for (let i = 0; i < length; i += 1) text += SAFE[this.#random() % SAFE.length]
    return text
  }

  /** 16 bits of a linear congruential generator (Numerical Recipes' constants). */
  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0
    return this.#seed >>> 16
  }
}

/** A name as a UUID, by four rounds of FNV-1a. */
const uuidOf = (name: string): string => {
  const part = (salt: number): string => {
    let hash = 2_166_136_261 ^ salt
    for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619)
    return (hash >>> 0).toString(16).padStart(8, '0')
  }
  const hex = [1, 2, 3, 4].map((salt) => part(Math.imul(salt, 0x9e3779b1))).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

interface Said {
  readonly cluster: string
  readonly pod: Pod
  readonly told: (typeof TOLD)[number] | typeof OPENS
  readonly uid: string
  readonly count: number
  readonly at: number
  readonly since: number
}

const text = (key: string, value: string): unknown => ({ key, value: { stringValue: value } })

const goTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`

/** The attributes and their order are those of k8s_events 0.111 (recorded). */
const recordOf = ({ cluster, pod, told, uid, count, at, since }: Said): unknown => ({
  resource: {
    attributes: [
      text('k8s.node.name', pod.node),
      text('k8s.object.kind', 'Pod'),
      text('k8s.object.name', pod.name),
      text('k8s.object.uid', pod.uid),
      text('k8s.object.fieldpath', `spec.containers{${pod.app}}`),
      text('k8s.object.api_version', 'v1'),
      text('k8s.object.resource_version', String(1_000 + count)),
      text('k8s.cluster.name', cluster),
    ],
  },
  scopeLogs: [
    {
      scope: {},
      logRecords: [
        {
          timeUnixNano: `${Math.floor(at / 1000)}000000000`,
          severityNumber: told.type === 'Warning' ? 13 : 9,
          severityText: told.type,
          body: { stringValue: told.message(pod.app, pod.name) },
          attributes: [
            text('k8s.event.reason', told.reason),
            text('k8s.event.action', ''),
            text('k8s.event.start_time', goTime(since)),
            text('k8s.event.name', `${pod.name}.${uid.slice(-12)}`),
            text('k8s.event.uid', uid),
            text('k8s.namespace.name', pod.namespace),
            { key: 'k8s.event.count', value: { intValue: String(count) } },
          ],
        },
      ],
    },
  ],
})
