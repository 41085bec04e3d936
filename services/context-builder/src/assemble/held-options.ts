import type { StateStore } from '@kubesift/adapter-redis'
import type { SignalsRecord } from '@kubesift/adapter-signals'
import type { Classifier } from '@kubesift/core-context'

/** A record of `signals`, read. */
export interface Applied {
  readonly offset: number
  readonly value: SignalsRecord
  readonly traceparent: string | undefined
}

/** What an assembler is told of how it works. */
export interface HeldOptions {
  readonly store: Pick<StateStore, 'load' | 'write' | 'published'>
  readonly classifier: Classifier
  readonly cachedNamespaces: number
  /** How long after its end the facts of an owner are kept. */
  readonly retireAfterMs: number
  readonly latenessMs: number
  /** How long a cluster may be silent before it counts as not seen. */
  readonly blindMs: number
  /** How long counts of what is open already may wait to be published, by the time of progress records. */
  readonly refreshMs: number
}
