import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** The recordings of a real cluster that all tests share. */
const recordings = new URL('../../e2e/recordings/', import.meta.url)

/** Each line is one whole OTLP/JSON export request, as a Collector wrote it. */
export const recordedRequests = (scenario: string, stream: string): readonly string[] =>
  gunzipSync(readFileSync(new URL(`${scenario}/${stream}.otlp.jsonl.gz`, recordings)))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
