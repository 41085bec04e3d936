import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { parseTruth, type Truth } from '@kubesift/core-evaluation'
import { RECORDINGS } from './scenario.ts'

/** What happened in a recorded scenario and what a pipeline is expected to find (captures/README.md describes the format). */
export const loadTruth = (scenario: string): Truth =>
  parseTruth(parse(readFileSync(join(RECORDINGS, scenario, 'truth.yaml'), 'utf8')))
