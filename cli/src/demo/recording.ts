import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { attribute, parseRequest, recordsOf, type LogsRequest } from './otlp-json.ts'

/** One export request of a recording, with the moment at which the Collector sent it. */
export interface RecordedLine {
  readonly at: number
  readonly text: string
}

export interface Recording {
  /** In the order of their moments. */
  readonly lines: readonly RecordedLine[]
  readonly startAt: number
  readonly endAt: number
  readonly podNames: ReadonlySet<string>
  /** The last word on each node, to go on from after the end. */
  readonly nodes: ReadonlyMap<string, RecordedLine>
}

const FILES = ['snapshot', 'objects', 'events'] as const

/** Reads a recording folder (`e2e/recordings/storm`). */
export const loadRecording = async (dir: string): Promise<Recording> => {
  const lines: RecordedLine[] = []
  const podNames = new Set<string>()
  const nodes = new Map<string, RecordedLine>()
  for (const name of FILES) {
    let last = 0
    for await (const text of gzipLines(join(dir, `${name}.otlp.jsonl.gz`))) {
      const request = parseRequest(text)
      // k8s_events carries no observed time, and a series update is older than what was sent before it
      last = Math.max(last, newestOf(request))
      const line = { at: last, text }
      lines.push(line)
      note(request, line, podNames, nodes)
    }
  }
  lines.sort((a, b) => a.at - b.at)
  const startAt = lines[0]?.at ?? 0
  return { lines, startAt, endAt: lines.at(-1)?.at ?? startAt, podNames, nodes }
}

const gzipLines = (file: string): AsyncIterable<string> =>
  createInterface({
    input: createReadStream(file).pipe(createGunzip()),
    crlfDelay: Number.POSITIVE_INFINITY,
  })

const newestOf = (request: LogsRequest): number =>
  Math.max(
    0,
    ...recordsOf(request).map((r) => Number(r.observedTimeUnixNano ?? r.timeUnixNano ?? 0) / 1e6),
  )

const note = (
  request: LogsRequest,
  line: RecordedLine,
  podNames: Set<string>,
  nodes: Map<string, RecordedLine>,
): void => {
  for (const record of recordsOf(request)) {
    const name = attribute(record, 'event.name')
    const kind = attribute(record, 'k8s.resource.name')
    if (kind === 'pods' && name !== undefined) podNames.add(name)
    if (kind === 'nodes' && name !== undefined) nodes.set(name, line)
  }
}
