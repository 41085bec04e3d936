import type { NoticeKind } from '@kubesift/contracts'
import type { Told } from './standing.ts'

/**
 * Names one notice of one group for good. It is made of what is told alone (never of a clock, a revision or an attempt),
 * so every retry, restart and replay carries the same key and a receiver can drop repeats by it.
 */
export const deliveryKey = (group: string, kind: NoticeKind, told: Told): string => {
  const ordinal = kind === 'escalated' ? `${told.reopenCount}-${told.severity}` : told.reopenCount
  return `${encodeURIComponent(group.toWellFormed())}/${kind}/${ordinal}`
}
