import type { Published } from './decide.ts'
import type { Counted } from './owner-memory.ts'
import type { Fields } from './stored-facts.ts'
import type { TooLateByKind } from './too-late.ts'

/** What a namespace has decided. */
export interface Settled {
  /** Contexts to publish, of which something is new: full state, without version. */
  readonly contexts: Published[]
  /** Fields of the owners' memory that have changed: to be written before the contexts are published. */
  readonly fields: Fields
  /** The earliest watermark at which something may have to be decided again; null: none. */
  readonly nextDecisionAt: number | null
  /** What the operators' rules have newly kept shut. */
  readonly ignored: readonly Counted[]
  /** New Events that the catalogue knows as noise, by why. */
  readonly noise: ReadonlyMap<string, number>
  /** What has come too late so far, where more has. */
  readonly late: TooLateByKind | undefined
  /** Whether owners are left whose newest counts have not been derived: settle more of them before long. */
  readonly stale: boolean
  /**
   * The namespace has gone cold: these fields are all that is left of it, and may be stored in one piece in the place of all that was; where
   * there is none, nothing need be kept. Undefined: it has not.
   */
  readonly cold: Fields | undefined
}
