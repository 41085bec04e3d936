import { Environment, type ASTNode } from '@marcbachmann/cel-js'
import type { Asked } from '@kubesift/core-context'
import { patternFault } from './safe-pattern.ts'

/**
 * How large an expression may be. CEL always ends; with these, over the bounded lists of a context, it ends within milliseconds:
 * 200 nodes, two loops within each other, few patterns, none of which can run away.
 */
const LIMITS = {
  maxAstNodes: 200,
  maxDepth: 24,
  maxListElements: 100,
  maxMapEntries: 10,
  maxCallArguments: 8,
}
const MAX_LOOPS = 2
const MAX_MATCHES = 4
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])
/** They read a zone of this machine, and nothing of a context is a time. */
const REFUSED: ReadonlySet<string> = new Set(['timestamp', 'duration'])

/** The fields of a context that a rule may ask for; anything else is a fault of the rule. */
const environment = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS })
  .registerVariable('cluster', 'string')
  .registerVariable('owner', { schema: { kind: 'string', namespace: 'string', name: 'string' } })
  .registerVariable('problem', 'string')
  .registerVariable('severity', 'string')
  .registerVariable('reasons', 'list<string>')
  .registerVariable('messages', 'list<string>')
  .registerVariable('occurrences', 'int')
  .registerVariable('objects', 'list<map<string, string>>')
  .registerVariable('changes', 'list<map<string, string>>')
  .registerVariable('labels', 'map<string, string>')

/** What a pattern is held against is cut: its cost grows with the length. Names and labels are short by Kubernetes' own rules. */
const cut = (text: string): string => text.slice(0, 400)

const variablesOf = ({ context, labels }: Asked): Record<string, unknown> => ({
  cluster: context.cluster,
  owner: {
    kind: context.owner.kind,
    namespace: context.namespace,
    name: context.owner.name,
  },
  problem: context.problem,
  severity: context.severity,
  reasons: context.reasons.map(({ reason }) => reason),
  messages: context.reasons.map(({ message }) => cut(message)),
  occurrences: BigInt(context.occurrenceCount),
  objects: context.objects.map(({ kind, namespace, name, node = '' }) => ({
    kind,
    namespace,
    name,
    node,
  })),
  changes: context.changes.map(({ kind, summary, by = '' }) => ({
    kind,
    summary: cut(summary),
    by: cut(by),
  })),
  labels,
})

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

const childrenOf = (value: unknown): ASTNode[] =>
  Array.isArray(value) ? value.flatMap(childrenOf) : isNode(value) ? [value] : []

/** `owner.name`, `o.node`, `labels["team"]`: a text of the context, which is cut, and not one that was put together. */
const isPath = (node: ASTNode): boolean =>
  node.op === 'id' ||
  (node.op === '.' && isPath(node.args[0])) ||
  (node.op === '[]' && isPath(node.args[0]) && node.args[1].op === 'value')

const matchesFault = (node: ASTNode, loops: number): string | undefined => {
  if (node.op !== 'rcall' || node.args[0] !== 'matches') return undefined
  const [, receiver, [pattern]] = node.args
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string')
    return 'matches() takes a pattern that is written out'
  if (!isPath(receiver)) return 'matches() is asked of a field, not of a text that is put together'
  if (loops > 1) return 'matches() stands within more than one of all, exists, map, filter'
  const fault = patternFault(pattern.args)
  return fault === undefined ? undefined : `the pattern '${pattern.args}' ${fault}`
}

interface Walk {
  matches: number
}

/** What the library's own limits do not refuse. */
const structureFault = (node: ASTNode, walk: Walk, loops = 0): string | undefined => {
  if (node.op === 'call' && REFUSED.has(node.args[0])) return `${node.args[0]}() is not available`
  const depth = node.op === 'rcall' && LOOPS.has(node.args[0]) ? loops + 1 : loops
  if (depth > MAX_LOOPS)
    return `more than ${MAX_LOOPS} of all, exists, map, filter within each other`
  if (node.op === 'rcall' && node.args[0] === 'matches') walk.matches += 1
  if (walk.matches > MAX_MATCHES) return `more than ${MAX_MATCHES} calls of matches()`
  const fault = matchesFault(node, depth)
  if (fault !== undefined) return fault
  for (const child of childrenOf(node.args)) {
    const found = structureFault(child, walk, depth)
    if (found !== undefined) return found
  }
  return undefined
}

/** `namespace` is a reserved word of CEL; whoever writes it wants the owner's. */
const firstLine = (error: unknown): string => {
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
  return /reserved.*namespace/i.test(line) ? `${line}: write owner.namespace` : line
}

export type Compiled =
  | { readonly ok: true; readonly matches: (asked: Asked) => boolean }
  | { readonly ok: false; readonly why: string }

/**
 * An expression as a predicate, or what is wrong with it. What cannot be answered (a label that an owner does not have) is no match: a
 * rule hides only what it is sure of.
 */
export const compile = (expression: string): Compiled => {
  try {
    const parsed = environment.parse(expression)
    const fault = structureFault(parsed.ast, { matches: 0 })
    if (fault !== undefined) return { ok: false, why: fault }
    const { valid, type, error } = parsed.check()
    if (!valid) return { ok: false, why: firstLine(error) }
    if (type !== 'bool') return { ok: false, why: `it is a ${type ?? 'value'}, not a condition` }
    return {
      ok: true,
      matches: (asked) => {
        try {
          return parsed(variablesOf(asked)) === true
        } catch {
          return false
        }
      },
    }
  } catch (error) {
    return { ok: false, why: firstLine(error) }
  }
}
