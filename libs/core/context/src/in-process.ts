import {
  namespaceKey,
  type Catalogue,
  type Context,
  type Signal,
  type SignalChunk,
} from '@kubesift/contracts'
import { Classifier } from './classify.ts'
import type { Derived } from './derive.ts'
import type { IgnoreRules } from './ignores.ts'
import { NamespaceMachine } from './machine.ts'

export interface Ignored {
  readonly reason: string
  readonly count: number
  readonly why: string
  readonly owner: string
  /** The operators' rule, where it was one. */
  readonly rule?: string
}

export interface InProcess {
  readonly contexts: Context[]
  readonly ignored: Ignored[]
  /** Newest time in the input, undefined for an empty one. */
  readonly newest: number | undefined
}

const isOpened = (context: Derived): boolean => context.spells.some((s) => s.openedAt !== null)

/** Why symptoms did not make an incident, in words. */
const whyNotOpened = (context: Derived, classifier: Classifier): string => {
  const rule = classifier.rules.get(context.problem)
  if (context.spells.length === 0) return 'only on objects that were already being deleted'
  const { count = 1, span, per } = rule?.opens ?? {}
  const over = span === undefined ? '' : ` over at least ${span / 1000} s`
  const each = per === undefined ? '' : ' of one object'
  const own = [...(rule?.events ?? []), ...(rule?.states ?? [])].some((e) => e.opens !== undefined)
  const more = own ? ', or what its own entry asks for' : ''
  return `below the threshold of ${context.problem} (${count} or more${each}${over}${more})`
}

const timesOf = (signal: Signal): readonly number[] =>
  'tellings' in signal
    ? signal.tellings.map(({ at }) => at)
    : signal.t === 'object'
      ? [signal.observedAt]
      : signal.t === 'alert'
        ? [signal.toldAt]
        : signal.t === 'pattern'
          ? signal.heard.map(({ at }) => at)
          : signal.t === 'metric'
            ? [signal.at]
            : []

const newestOf = (chunks: readonly SignalChunk[]): number | undefined => {
  let newest: number | undefined
  for (const chunk of chunks) {
    for (const signal of chunk.signals) {
      for (const at of timesOf(signal)) if (newest === undefined || at > newest) newest = at
    }
  }
  return newest
}

/**
 * The whole of context building in one call, with no services: signals in, contexts out. `now` is the instant up to which everything is
 * taken as known (it decides what needs silence to be decided); by default the newest time in the input.
 */
export const contextsOf = (
  chunks: readonly SignalChunk[],
  catalogue: Catalogue,
  options: { readonly now?: number; readonly ignores?: IgnoreRules } = {},
): InProcess => {
  const classifier = new Classifier(catalogue, options.ignores)
  const machines = new Map<string, NamespaceMachine>()
  for (const chunk of chunks) {
    const id = namespaceKey(chunk.cluster, chunk.namespace)
    let machine = machines.get(id)
    if (machine === undefined) {
      machine = new NamespaceMachine(chunk.cluster, chunk.namespace, classifier)
      machines.set(id, machine)
    }
    for (const signal of chunk.signals) machine.apply(signal, chunk.source)
  }
  const newest = newestOf(chunks)
  const watermark = options.now ?? newest ?? null
  const contexts: Context[] = []
  const ignored: Ignored[] = []
  for (const machine of machines.values()) {
    const all = machine.all(watermark, [])
    for (const context of all.contexts) {
      const shut = isOpened(context) ? machine.ignoredBy(context) : undefined
      if (isOpened(context) && shut === undefined) {
        contexts.push({
          ...context,
          version: { epoch: 0, offset: 0 },
          rulesHash: classifier.hash,
          watermark,
        })
        continue
      }
      const why = shut === undefined ? whyNotOpened(context, classifier) : shut.why
      const owner = `${context.owner.kind}/${context.owner.name}`
      for (const r of context.reasons)
        ignored.push({
          reason: r.reason,
          count: r.count,
          why,
          owner,
          ...(shut === undefined ? {} : { rule: shut.rule }),
        })
    }
    ignored.push(...all.ignored)
  }
  return { contexts, ignored: sumUp(ignored), newest }
}

const sumUp = (ignored: readonly Ignored[]): Ignored[] => {
  const sums = new Map<string, Ignored>()
  for (const entry of ignored) {
    const key = JSON.stringify([entry.owner, entry.reason, entry.why, entry.rule])
    const before = sums.get(key)
    sums.set(key, before === undefined ? entry : { ...entry, count: before.count + entry.count })
  }
  return [...sums.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
}
