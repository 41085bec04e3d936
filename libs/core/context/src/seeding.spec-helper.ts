import type { Context } from '@kubesift/contracts'
import { Classifier } from './classify.ts'
import { NamespaceMachine } from './machine.ts'
import {
  classifier,
  HOUR,
  MINUTE,
  problem,
  SOURCE,
  type Happened,
} from './retirement.spec-helper.ts'
import { RETIRE_AFTER_MS } from './retirement.ts'
import type { Settled } from './settled.ts'

/** One that is read, or none, and by which watermark it is settled. */
export interface Step {
  readonly offset: number
  readonly signal: Happened | undefined
  readonly watermark: number
}

const catalogue = (
  needs: Readonly<Record<'Crash' | 'Pull' | 'Probe', number>>,
  absorbs: readonly string[] = ['Probe', 'Pull'],
): Classifier =>
  new Classifier({
    problems: [
      problem('Crash', {
        absorbs: [...absorbs],
        // When one that takes in others was silent itself is in no context: were that across the loss, its end would not be known.
        ttl: 720 * HOUR,
        opens: { count: needs.Crash },
      }),
      problem('Pull', { ttl: 30 * MINUTE, opens: { count: needs.Pull } }),
      problem('Probe', { opens: { count: needs.Probe } }),
      classifier.rules.get('NotReady')!,
    ],
    ignore: [],
    hash: 'test',
  })

export const patient = catalogue({ Crash: 2, Pull: 1, Probe: 3 })
/** What has not opened is in no context, and once its records are gone nobody knows of it. */
export const atOnce = catalogue({ Crash: 1, Pull: 1, Probe: 1 })

/** No problem takes in another. */
export const apart = catalogue({ Crash: 1, Pull: 1, Probe: 1 }, [])

/** Reads, and keeps what was told last of each key. */
export class Reader {
  readonly machine: NamespaceMachine
  readonly told = new Map<string, Context>()

  constructor(rules: Classifier) {
    this.machine = new NamespaceMachine('c', 'n', rules, RETIRE_AFTER_MS)
  }

  read({ offset, signal, watermark }: Step): void {
    if (signal !== undefined) this.machine.apply(signal.signal(offset), SOURCE)
    this.tell(this.machine.settle(watermark, []).contexts, offset)
  }

  tell(contexts: Settled['contexts'], offset: number): void {
    for (const context of contexts)
      this.told.set(context.key, {
        ...context,
        version: { epoch: 1, offset },
        rulesHash: '',
        watermark: null,
      })
  }

  standing(): unknown {
    return Object.fromEntries(
      [...this.told]
        .filter(([, { movedTo }]) => movedTo === undefined)
        .map(([key, context]) => [key, said(context)]),
    )
  }
}

const said = (context: Context) => ({
  owner: context.owner.name,
  counts: [context.occurrenceCount, context.countQuality],
  reasons: context.reasons
    .map(({ message: _message, uids, ...reason }) =>
      // One object that failed before and after is known by its name alone.
      reason.source === 'state' ? reason : { ...reason, uids },
    )
    .sort((a, b) => (a.reason < b.reason ? -1 : 1)),
  seen: [context.firstSeenAt, context.lastSeenAt],
  objects: [context.objectsTotal, context.objects.map(({ name }) => name).sort()],
  spells: context.spells.filter(({ openedAt }) => openedAt !== null),
})
