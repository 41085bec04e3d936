import type { TooLateLedger } from '@kubesift/contracts'
import { visible } from '../dlq/visible.ts'
import { counted } from '../render/words.ts'

const SHOWN = 5

const recordsOf = ({ kinds }: TooLateLedger): number =>
  Object.values(kinds).reduce((sum, { records }) => sum + records, 0)

/** What came too late to be counted, by namespace, most first; nothing where nothing did. For people. */
export const tooLateText = (found: readonly TooLateLedger[] | undefined): string[] => {
  const most = [...(found ?? [])].sort((a, b) => recordsOf(b) - recordsOf(a))
  const lines = most.slice(0, SHOWN).map((ledger) => {
    const kinds = Object.entries(ledger.kinds).map(([kind, { records }]) => `${kind} ${records}`)
    const where = visible(`${ledger.cluster}/${ledger.namespace}`)
    return `too late to be counted in ${where}: ${counted(recordsOf(ledger), 'record')} (${visible(kinds.join(', '))})`
  })
  const more = most.length - lines.length
  return more > 0 ? [...lines, `too late in ${counted(more, 'other namespace')}`] : lines
}
