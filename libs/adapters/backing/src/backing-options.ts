import type { PortBook } from './ports.ts'
import type { Env } from './places.ts'

/** `durable` is for data that somebody wants to keep; `test` trades safety against a power cut for speed. */
export type Profile = 'durable' | 'test'

/** What each backing service is made from. */
export interface BackingContext {
  readonly home: string
  readonly env: Env
  readonly profile: Profile
  readonly ports: PortBook
  /** Told once per thing that takes long or is worth knowing. */
  readonly log: (line: string) => void
  /** Ends downloads and installations that are under way. */
  readonly signal?: AbortSignal | undefined
}
