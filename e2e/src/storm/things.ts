export interface Node {
  readonly name: string
  readonly uid: string
  ready: boolean
}

export interface Pod {
  readonly name: string
  readonly uid: string
  readonly workload: Workload
  readonly revision: Revision
  readonly createdAt: number
  node: Node
  ready: boolean
  restarts: number
  waiting?: { readonly reason: string; readonly message: string }
  last?: { readonly reason: string; readonly exitCode: number; readonly finishedAt: number }
  deletedAt?: number
}

export interface Revision {
  readonly number: number
  readonly image: string
  readonly hash: string
  readonly replicaSetUid: string
  readonly configMap?: string
}

export interface Workload {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly replicas: number
  /** Those whose Service its template names. */
  readonly calls: readonly Workload[]
  generation: number
  revisions: Revision[]
  current: Revision
  pods: Pod[]
  /** Broken: pods of the current revision never get ready. */
  stuck: boolean
}
