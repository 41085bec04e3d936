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
  { patient = false }: { readonly patient?: boolean } = {},
): AsyncGenerator<Followed> {
  const place: Place = { cursor: undefined, away: false, patient }
  let wait = FIRST_WAIT_MS
  while (!signal.aborted) {
    try {
      for await (const heard of connection(api, signal, place)) {
        wait = FIRST_WAIT_MS
        yield heard
      }
    } catch (why) {
      if (signal.aborted) return
      yield* lost(place, why)
    }
    // a server that ends the stream at once must not be asked in a tight circle
    await sleep(wait, signal)
    wait = Math.min(wait * 2, LAST_WAIT_MS)
  }
}

/** Where the follower stands between two connections. */
interface Place {
  cursor: string | undefined
  away: boolean
  readonly patient: boolean
}

const connection = async function* (
  api: IncidentApi,
  signal: AbortSignal,
  place: Place,
): AsyncGenerator<Followed> {
  if (place.away) {
    await api.ping(signal)
    place.away = false
    yield { t: 'back' }
  }
  if (place.cursor === undefined) {
    const listed = await api.list({}, signal)
    yield { t: 'all', incidents: listed.incidents }
    place.cursor = listed.cursor
  }
  for await (const { cursor, incident } of api.watch(place.cursor, signal)) {
    place.cursor = cursor
    if (incident !== null && incident !== undefined) yield { t: 'changed', incident }
  }
}

/** What a failure means: list again, wait (said once), or give up. */
const lost = function* (place: Place, why: unknown): Generator<Followed> {
  if (!(why instanceof ApiFailure)) throw why
  if (why.problem === 'expired') {
    place.cursor = undefined
    return
  }
  const wasThere = place.cursor !== undefined || place.patient || place.away
  if (why.problem !== 'away' || !wasThere) throw why
  if (!place.away) yield { t: 'away', why: why.message }
  place.away = true
}

const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await pause(ms, undefined, { signal })
  } catch (why) {
    if (!signal.aborted) throw why
  }
}
