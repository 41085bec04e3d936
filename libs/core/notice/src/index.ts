export type { Attempt, Channel, Delivery } from './channel.ts'
export { deliveryKey } from './delivery-key.ts'
export { noticeOf, SETTLE, settleMs, type DueNotice, type SettleTimes } from './due.ts'
export { movedSubject, standingOfGroup, subjectOfGroup, type Member } from './members.ts'
export { renderBody, renderText } from './render.ts'
export { afterAttempt, RETRY, type AfterAttempt, type RetryPolicy } from './retry.ts'
export { settledNotice, type NewNotice, type SettledGroup } from './settled-notice.ts'
export { NOTHING_TOLD, standingOf, type Standing, type Told } from './standing.ts'
export {
  noticeBodySchema,
  subjectOf,
  subjectSchema,
  type NoticeBody,
  type Subject,
} from './subject.ts'
