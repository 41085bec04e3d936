import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** Recordings of a real cluster, copied into the repository. */
export const RECORDINGS = fileURLToPath(new URL('../recordings/', import.meta.url))

export const scenarios = (): string[] =>
  readdirSync(RECORDINGS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()

/** The streams that reach `otel-logs`: what was there at the start, the event receiver, the object watch. */
export const STREAMS = ['snapshot', 'events', 'objects'] as const

/** One export request of the Collector, as OTLP/JSON text. */
export interface RecordedRequest {
  readonly stream: (typeof STREAMS)[number]
  readonly line: string
  /** When the Collector sent it, as far as its records tell (milliseconds). */
  readonly at: number
}

const timeOf = (line: string): number => {
  const observed =
    /"observedTimeUnixNano":"(\d+)"/.exec(line)?.[1] ?? /"timeUnixNano":"(\d+)"/.exec(line)?.[1]
  return observed === undefined ? 0 : Number(observed.slice(0, -6))
}

/** All requests of a scenario in the order in which they were made. */
export const requestsOf = (scenario: string): RecordedRequest[] => {
  const requests = STREAMS.flatMap((stream) => {
    const path = join(RECORDINGS, scenario, `${stream}.otlp.jsonl.gz`)
    if (!existsSync(path)) return []
    const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n')
    return lines.filter((line) => line !== '').map((line) => ({ stream, line, at: timeOf(line) }))
  })
  return requests
    .map((r, i) => ({ r, i }))
    .sort((a, b) => a.r.at - b.r.at || a.i - b.i)
    .map(({ r }) => r)
}

/** The files of the streams that a pipeline reads. */
export const streamsOf = (scenario: string): string[] =>
  STREAMS.map((stream) => join(RECORDINGS, scenario, `${stream}.otlp.jsonl.gz`)).filter(existsSync)

/** What `kubectl get events -o json` showed of the scenario's namespace at its end. */
export const dumpOf = (scenario: string): string | undefined => {
  const path = join(RECORDINGS, scenario, 'kubectl-events.json.gz')
  return existsSync(path) ? path : undefined
}
