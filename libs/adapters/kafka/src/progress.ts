/** How a loop tells its host that it lives; libs/runtime's `Progress` is one. */
export interface LoopProgress {
  /** A piece of work begins; call the answer when it ends. */
  begin(): () => void
  /** Work that waits to be begun. */
  pending(count: number): void
  /** Waiting for a dependency (a reason), or no longer (undefined): alive, but not ready. */
  blocked(why: string | undefined): void
}

/** For callers without a health endpoint. */
export const noProgress: LoopProgress = {
  begin: () => () => undefined,
  pending: () => undefined,
  blocked: () => undefined,
}
