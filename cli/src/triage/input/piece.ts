import type { Place } from './place.ts'

/** A value out of the input, not yet known to be anything of Kubernetes. */
export interface ValuePiece {
  readonly t: 'value'
  readonly value: unknown
  readonly place: Place
  /** The element of a list whose own head says the kind of its elements (`PodList`); the head may come after its elements. */
  readonly inList?: boolean
}

/** What is left of a list document without its elements: `{"kind":"PodList","apiVersion":"v1","items":[]}`. */
export interface HeadPiece {
  readonly t: 'head'
  readonly head: unknown
  readonly place: Place
}

/** A stretch of input that could not be read. */
export interface BrokenPiece {
  readonly t: 'broken'
  readonly why: string
  readonly place: Place
}

export type Piece = ValuePiece | HeadPiece | BrokenPiece
