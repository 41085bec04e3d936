import type { Context } from '@kubesift/contracts'
import { clean } from './untrusted.ts'

/** Something the context says, and the evidence entry it can be cited by. */
export interface ContextText {
  readonly text: string
  /** Undefined: said by a count or a state sum, which is no entry of its own. */
  readonly evidence?: string
}

const MAX_TEXT = 2000
const MAX_TEXTS = 400

const texts = (context: Context): ContextText[] => {
  const { evidence, reasons, states } = context
  return [
    ...evidence.map(({ text, id }) => ({ text, evidence: id })),
    ...reasons.map(({ reason, message }) => ({ text: `${reason}: ${message}` })),
    ...states.waiting.map(({ reason, message = '' }) => ({ text: `${reason}: ${message}` })),
    ...states.terminations.map(({ reason, message = '' }) => ({ text: `${reason}: ${message}` })),
  ]
}

/** All that can be matched by a pattern: evidence first, because it can be cited; cleaned and bounded. */
export const textsOf = (context: Context): readonly ContextText[] =>
  texts(context)
    .slice(0, MAX_TEXTS)
    .map((t) => ({ ...t, text: clean(t.text, MAX_TEXT) }))
