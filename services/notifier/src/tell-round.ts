import type { DeliveryLedger, WakeUp } from '@kubesift/adapter-postgres'
import { settledNotice } from '@kubesift/core-notice'
import type { NotifierFacts } from './facts.ts'

export interface TellOptions {
  readonly ledger: DeliveryLedger
  readonly channels: readonly string[]
  readonly facts: NotifierFacts
  /** The senders, to be woken when something was recorded. */
  readonly senders: readonly WakeUp[]
}

const BATCH = 100

/** Records what is owed to the groups that have settled. Answers when to look again. */
export const tellRound = async ({
  ledger,
  channels,
  facts,
  senders,
}: TellOptions): Promise<number> => {
  let recorded = 0
  const looked = await ledger.tellSettled(
    channels,
    (group) => {
      const notice = settledNotice(group)
      if (notice === undefined) facts.blinked()
      else {
        recorded += 1
        facts.recorded(notice.kind)
      }
      return notice
    },
    BATCH,
  )
  if (recorded > 0) for (const sender of senders) sender.call()
  if (looked === BATCH) return 0
  return (await ledger.nextSettleMs()) ?? Infinity
}
