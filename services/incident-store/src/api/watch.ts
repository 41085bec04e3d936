import type { ChangeFeed, Cursor } from '@kubesift/adapter-postgres'
import { GrpcOutOfRangeException } from '@nestjs/microservices'
import { Observable } from 'rxjs'
import { cursorText } from './cursor-text.ts'
import { protoOf, type ProtoIncident } from './proto-values.ts'

/** One answer of the stream. */
export interface WatchAnswer {
  readonly cursor: string
  readonly incident: ProtoIncident
}

/** The part of a server stream that tells whether the reader keeps up. */
export interface Sink {
  readonly writableNeedDrain: boolean
  once(event: 'drain', listener: () => void): unknown
}

/** Bounds what waits in memory for a slow reader. */
const PAGE = 50

const drained = (sink: Sink, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (!sink.writableNeedDrain || signal.aborted) {
      resolve()
      return
    }
    sink.once('drain', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Where changes go, and how fast they may. */
interface Outlet {
  readonly sink: Sink
  readonly tell: (answer: WatchAnswer) => void
}

const pump = async (
  feed: ChangeFeed,
  from: Cursor | undefined,
  { sink, tell }: Outlet,
  signal: AbortSignal,
): Promise<void> => {
  const bell = feed.watch()
  try {
    const { store, seq: start } = from ?? (await feed.now())
    let seq = start
    while (!signal.aborted) {
      const answer = await feed.after({ store, seq }, PAGE)
      if (!answer.ok) {
        throw new GrpcOutOfRangeException(`cursor: ${answer.gone}; list the incidents, then watch`)
      }
      for (const change of answer.changes) {
        seq = change.seq
        tell({ cursor: cursorText({ store, seq }), incident: protoOf(change.incident) })
      }
      await drained(sink, signal)
      if (answer.changes.length < PAGE) await bell.wait(signal)
    }
  } finally {
    bell.close()
  }
}

/** Every change after the cursor (without one: from now on), in order and without a gap, until the reader goes or `closing` says so. */
export const watchChanges = (
  feed: ChangeFeed,
  from: Cursor | undefined,
  sink: Sink,
  closing: AbortSignal,
): Observable<WatchAnswer> =>
  new Observable((subscriber) => {
    const gone = new AbortController()
    pump(
      feed,
      from,
      { sink, tell: (answer) => subscriber.next(answer) },
      AbortSignal.any([gone.signal, closing]),
    ).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    )
    return () => gone.abort()
  })
