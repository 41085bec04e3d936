import { metrics } from '@opentelemetry/api'
import type { Signal } from '@kubesift/contracts'
import type { SourceKind } from '@kubesift/core-signal'

const meter = metrics.getMeter('kubesift.context-builder')

/** What `normalise` reports. */
export class NormaliseFacts {
  readonly #signals = meter.createCounter('kubesift.context_builder.signals', {
    unit: '{signal}',
    description: 'Signals read from raw records, by type.',
  })
  readonly #folded = meter.createCounter('kubesift.context_builder.signals_folded', {
    unit: '{signal}',
    description:
      'Records folded into others: exact repeats, and lower counts of an Event that no fact keeps.',
  })
  readonly #skipped = meter.createCounter('kubesift.context_builder.entries_skipped', {
    unit: '{entry}',
    description: 'Log entries that say nothing by design (an expired Event, a bookmark).',
  })

  readonly #sources = meter.createCounter('kubesift.context_builder.source_records', {
    unit: '{record}',
    description: 'Log records read, by the kind of source that they came from.',
  })

  signalsRead(read: {
    readonly signals: Readonly<Record<Signal['t'], number>>
    readonly folded: number
    readonly skipped: number
    readonly sources: ReadonlyMap<SourceKind, number>
  }): void {
    for (const [source, n] of read.sources) this.#sources.add(n, { source })
    for (const [type, n] of Object.entries(read.signals)) if (n > 0) this.#signals.add(n, { type })
    if (read.folded > 0) this.#folded.add(read.folded)
    if (read.skipped > 0) this.#skipped.add(read.skipped)
  }
}

/** How a post to the intake ended. */
export type IntakeResult = 'accepted' | 'refused' | 'unavailable' | 'failed'

/** What the intake reports. */
export class IntakeFacts {
  readonly #webhooks = meter.createCounter('kubesift.context_builder.webhooks', {
    unit: '{webhook}',
    description: 'Webhooks posted to the intake, by how that ended.',
  })

  webhook(result: IntakeResult): void {
    this.#webhooks.add(1, { result })
  }
}

/** What `assemble` reports. */
export class AssembleFacts {
  readonly #records = meter.createCounter('kubesift.context_builder.chunks_assembled', {
    unit: '{record}',
    description: 'Records of the signals topic applied.',
  })
  readonly #contexts = meter.createCounter('kubesift.context_builder.contexts_published', {
    unit: '{context}',
    description: 'Context versions published.',
  })
  readonly #ignored = meter.createCounter('kubesift.context_builder.contexts_ignored', {
    unit: '{context}',
    description: "Contexts that would be incidents but for the operators' rule.",
  })
  readonly #ignoredOccurrences = meter.createCounter(
    'kubesift.context_builder.occurrences_ignored',
    {
      unit: '{occurrence}',
      description: "Occurrences that are told to nobody by the operators' rule.",
    },
  )
  readonly #noise = meter.createCounter('kubesift.context_builder.events_ignored', {
    unit: '{event}',
    description: 'Events that the problem catalogue knows as noise, each once.',
  })
  readonly #setAside = meter.createCounter('kubesift.context_builder.contexts_set_aside', {
    unit: '{context}',
    description: 'Context versions that were too large for their topic.',
  })

  readonly #late = meter.createCounter('kubesift.context_builder.ledgers_too_late', {
    unit: '{ledger}',
    description:
      'Times that the ledger of a namespace has grown: records came too late to be counted.',
  })

  readonly #rebuilding = meter.createObservableGauge(
    'kubesift.context_builder.partitions_rebuilding',
    {
      unit: '{partition}',
      description: 'Partitions of signals whose lost state this process makes again.',
    },
  )

  /** Asked at each collection. */
  watchRebuilds(count: () => number): void {
    this.#rebuilding.addCallback((result) => result.observe(count()))
  }

  batchAssembled(batch: { readonly records: number; readonly contexts: number }): void {
    this.#records.add(batch.records)
    if (batch.contexts > 0) this.#contexts.add(batch.contexts)
  }

  /** `rule` is the name of one of the operators' rules, so the set is closed. */
  contextsIgnored(
    ignored: readonly { rule: string; contexts: number; occurrences: number }[],
  ): void {
    for (const { rule, contexts, occurrences } of ignored) {
      if (contexts > 0) this.#ignored.add(contexts, { rule })
      if (occurrences > 0) this.#ignoredOccurrences.add(occurrences, { rule })
    }
  }

  /** `why` is that of one of the catalogue's ignore rules, so the set is closed. */
  eventsIgnored(noise: readonly (readonly [why: string, events: number])[]): void {
    for (const [why, events] of noise) this.#noise.add(events, { why })
  }

  cameTooLate(ledgers: number): void {
    this.#late.add(ledgers)
  }

  contextSetAside(): void {
    this.#setAside.add(1)
  }
}
