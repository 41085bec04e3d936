import {
  OutboxRelay,
  type OutboxMessage,
  type RelayFacts,
  type Retention,
} from '@kubesift/adapter-postgres'
import { incidentEvents, incidents, type Incident, type IncidentEvent } from '@kubesift/contracts'

/** Ids as consumers see them, to drop repeats by. */
const idOf = ({ topic, payload }: OutboxMessage): string =>
  topic === incidents.topic
    ? incidents.idOf(payload as Incident)
    : incidentEvents.idOf(payload as IncidentEvent)

/** A topic made of an array: what a relay published, in its order. */
export class Published {
  readonly messages: OutboxMessage[] = []
  /** Runs after each publication, before the relay can mark it. */
  after: () => Promise<void> = async () => {}

  readonly publish = async (batch: readonly OutboxMessage[]): Promise<void> => {
    this.messages.push(...batch)
    await this.after()
  }

  get ids(): readonly string[] {
    return this.messages.map(idOf)
  }

  /** Revisions of the documents of one incident, repeats dropped by id. */
  revisionsOf(incidentId: string): readonly number[] {
    const seen = new Set<string>()
    return this.messages.flatMap((m) => {
      const payload = m.payload as Incident
      if (m.topic !== incidents.topic || payload.id !== incidentId || seen.has(idOf(m))) return []
      seen.add(idOf(m))
      return [payload.revision]
    })
  }
}

const silent: RelayFacts = {
  leading: () => undefined,
  published: () => undefined,
  blocked: () => undefined,
  setAside: () => undefined,
}

/** A relay at work until it is disposed. */
export const runRelay = (
  url: string,
  publish: (messages: readonly OutboxMessage[]) => Promise<void>,
  facts: Partial<RelayFacts> = {},
  retention?: Retention,
): AsyncDisposable & { readonly ended: Promise<void> } => {
  const stop = new AbortController()
  const relay = new OutboxRelay({
    url,
    publish,
    keptTopic: incidents.topic,
    facts: { ...silent, ...facts },
    ...(retention === undefined ? {} : { retention }),
  })
  const ended = relay.run(stop.signal)
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await ended
    },
  }
}
