import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { expectationOfTruth, parseTruth } from '@kubesift/core-evaluation'
import { fileInput } from './file-input.ts'
import type { FoundFolder } from './scenario-folder.ts'

/** The streams that reach `otel-logs`: what was there at the start, the event receiver, the object watch. Nothing else of the folder is read. */
const STREAMS = ['snapshot', 'events', 'objects'] as const

const fileOf = (dir: string, stream: string): string | undefined =>
  [`${stream}.otlp.jsonl.gz`, `${stream}.otlp.jsonl`]
    .map((name) => join(dir, name))
    .find((path) => existsSync(path))

/** A recording with its `truth.yaml`. */
export const readRecording = (dir: string): FoundFolder => {
  const name = basename(dir)
  const truth = parseTruth(parse(readFileSync(join(dir, 'truth.yaml'), 'utf8')))
  const files = STREAMS.flatMap((stream) => fileOf(dir, stream) ?? [])
  if (files.length === 0)
    return {
      ok: false,
      name,
      status: truth.expected.no_data ? 'not-judged' : 'error',
      why: 'it has no events.otlp.jsonl and no objects.otlp.jsonl (with or without .gz)',
    }
  const expectation = expectationOfTruth(truth, fileOf(dir, 'objects') !== undefined)
  return {
    ok: true,
    folder: { name, kind: 'truth', inputs: files.map(fileInput), expect: () => expectation },
  }
}
