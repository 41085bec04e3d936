import { setTimeout as pause } from 'node:timers/promises'
import { ApiFailure } from './api-failure.ts'
import type { IncidentApi } from './client.ts'
import type { ApiIncident } from './wire.ts'

/** What a follower hears. After `away` nothing is lost: it goes on where it was, or with a new `all`. */
export type Followed =
  | { readonly t: 'all'; readonly incidents: readonly ApiIncident[] }
  | { readonly t: 'changed'; readonly incident: ApiIncident }
  | { readonly t: 'away'; readonly why: string }
  | { readonly t: 'back' }

const FIRST_WAIT_MS = 250
const LAST_WAIT_MS = 4_000

/**
 * All incidents, then every change, until the signal ends it. A broken stream is resumed by its cursor; a cursor that is too old is
 * answered by listing again. The first failure of the first list is thrown: there is nothing to wait for where nothing ever was.
 */
export const follow = async function* (
  api: IncidentApi,
  signal: AbortSignal,
  options: { readonly patient?: boolean } = {},
): AsyncGenerator<Followed> {
  let cursor: string | undefined
  let away = false
  let wait = FIRST_WAIT_MS
  while (!signal.aborted) {
    try {
      if (away) {
        await api.ping(signal)
        away = false
        yield { t: 'back' }
      }
      if (cursor === undefined) {
        const listed = await api.list({}, signal)
        yield { t: 'all', incidents: listed.incidents }
        cursor = listed.cursor
      }
      for await (const change of api.watch(cursor, signal)) {
        cursor = change.cursor
        wait = FIRST_WAIT_MS
        if (change.incident != null) yield { t: 'changed', incident: change.incident }
      }
    } catch (why) {
      if (signal.aborted) return
      if (!(why instanceof ApiFailure)) throw why
      if (why.problem === 'expired') cursor = undefined
      const waitable =
        why.problem === 'expired' ||
        (why.problem === 'away' && (cursor !== undefined || options.patient === true || away))
      if (!waitable) throw why
      if (why.problem === 'away' && !away) {
        away = true
        yield { t: 'away', why: why.message }
      }
    }
    // a server that ends the stream at once must not be asked in a tight circle
    await sleep(wait, signal)
    wait = Math.min(wait * 2, LAST_WAIT_MS)
  }
}

const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await pause(ms, undefined, { signal })
  } catch (why) {
    if (!signal.aborted) throw why
  }
}
