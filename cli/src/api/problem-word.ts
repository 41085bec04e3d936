import { loadCatalogue } from '@kubesift/adapter-rules'
import { join } from 'node:path'
import { usageFailure } from '../frame/cli-failure.ts'
import { nearest } from '../frame/suggest.ts'
import type { IncidentApi } from './client.ts'

/**
 * The problem that a word names, whatever its case. One that the shipped catalogue does not have may be of a catalogue of somebody's own:
 * then it must have incidents, because to answer "none" to a slip of the pen hides those there are.
 */
export const problemNamed = async (
  word: string,
  api: Pick<IncidentApi, 'list'>,
  { root, signal }: { readonly root: string; readonly signal: AbortSignal },
): Promise<string> => {
  const { problems } = loadCatalogue(join(root, 'rules/problems'))
  const known = problems.map(({ problem }) => problem)
  const same = known.find((problem) => problem.toLowerCase() === word.toLowerCase())
  if (same !== undefined) return same
  const { incidents } = await api.list({ problem: word }, signal)
  if (incidents.length > 0) return word
  const close = nearest(word, known)
  throw usageFailure(
    `--problem ${word}: ${close === undefined ? `known are ${known.join(', ')}` : `did you mean '${close}'?`}`,
  )
}
