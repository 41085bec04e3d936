import type { z } from 'zod'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import type { RuleFault } from './bad-rules.ts'
import type { RuleFile } from './rule-files.ts'

/** What a file says, or all that is wrong with it, and where each path of it stands. */
export interface ParsedRules<T> {
  readonly value: T | undefined
  readonly faults: readonly RuleFault[]
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined
}

/** The line of a path, or of the nearest parent that is written down (a missing key has no place of its own). */
const finder =
  (document: Document, lines: LineCounter) =>
  (path: readonly PropertyKey[]): number | undefined => {
    for (let n = path.length; n >= 0; n -= 1) {
      const at: unknown = n === 0 ? document.contents : document.getIn(path.slice(0, n), true)
      if (isNode(at) && at.range) return lines.linePos(at.range[0]).line
    }
    return undefined
  }

const issueFaults = (
  issue: z.core.$ZodIssue,
  file: string,
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
): RuleFault[] => {
  const paths =
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], what: `unknown key "${key}"` }))
      : [{ path: issue.path, what: issue.message }]
  return paths.map(({ path, what }) => {
    const line = lineOf(path)
    return { file, ...(line === undefined ? {} : { line }), path: path.map(String).join('.'), what }
  })
}

const valueOf = (document: Document): { value: unknown; why?: string } => {
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) ?? {} }
  } catch (error) {
    return { value: undefined, why: error instanceof Error ? error.message : String(error) }
  }
}

/** One file against its schema. It answers with every fault; it does not throw. */
export const parseRules = <T>(source: RuleFile, schema: z.ZodType<T>): ParsedRules<T> => {
  const lines = new LineCounter()
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false })
  const lineOf = finder(document, lines)
  const { file } = source
  const written = [...document.errors, ...document.warnings].map((e) => ({
    file,
    line: lines.linePos(e.pos[0]).line,
    what: e.message,
  }))
  if (written.length > 0) return { value: undefined, faults: written, lineOf }
  const { value, why } = valueOf(document)
  if (why !== undefined) return { value: undefined, faults: [{ file, what: why }], lineOf }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { value: parsed.data, faults: [], lineOf }
  const faults = parsed.error.issues.flatMap((issue) => issueFaults(issue, file, lineOf))
  return { value: undefined, faults, lineOf }
}

/** Names that are given twice, each with the place of the second one. */
export class Names {
  readonly #seen = new Map<string, string>()

  /** The fault, if `name` has been used before. */
  take(name: string, what: string, at: { file: string; path: string; line?: number | undefined }) {
    const before = this.#seen.get(name)
    const here = `${at.file}${at.line === undefined ? '' : `:${at.line}`}`
    if (before === undefined) {
      this.#seen.set(name, here)
      return []
    }
    const { line, ...rest } = at
    const fault: RuleFault = {
      ...rest,
      ...(line === undefined ? {} : { line }),
      what: `${what} "${name}" is defined twice, first in ${before}`,
    }
    return [fault]
  }
}
