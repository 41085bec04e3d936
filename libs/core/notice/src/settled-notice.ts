import type { NoticeKind, Severity } from '@kubesift/contracts'
import { deliveryKey } from './delivery-key.ts'
import { noticeOf } from './due.ts'
import { renderBody, renderText } from './render.ts'
import type { Standing, Told } from './standing.ts'
import type { Subject } from './subject.ts'

/** A group whose difference between what is so and what was told has lasted through its settle time. */
export interface SettledGroup {
  readonly standing: Standing
  readonly told: Told
  readonly subject: Subject
}

/** One notice, before it has gone anywhere. */
export interface NewNotice {
  readonly key: string
  readonly kind: NoticeKind
  readonly severity: Severity
  readonly body: string
  readonly text: string
  /** What is told once this is recorded. */
  readonly told: Told
}

/** The notice that a settled group is owed, ready to send; undefined when the difference is gone. */
export const settledNotice = ({ standing, told, subject }: SettledGroup): NewNotice | undefined => {
  const due = noticeOf(told, standing)
  if (due === undefined) return undefined
  const key = deliveryKey(subject.group, due.kind, due.told)
  return {
    key,
    kind: due.kind,
    severity: standing.severity,
    body: JSON.stringify(renderBody(due.kind, key, subject)),
    text: renderText(due.kind, subject),
    told: due.told,
  }
}
