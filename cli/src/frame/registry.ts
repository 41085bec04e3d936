import type { Verb } from './verb.ts'

/** What `help` knows of a verb without loading it. */
export interface VerbEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<{ readonly verb: Verb }>
}

/** Every verb, in the order of `help`. A new verb is a file and a line here. */
export const registry: readonly VerbEntry[] = [
  {
    name: 'up',
    summary: 'start everything, replay a recorded storm and watch the incidents',
    load: () => import('../verbs/up.ts'),
  },
  {
    name: 'down',
    summary: 'stop everything; --purge also deletes the data',
    load: () => import('../verbs/down.ts'),
  },
  {
    name: 'status',
    summary: 'what runs, on which ports, and whether it is ready',
    load: () => import('../verbs/status.ts'),
  },
  {
    name: 'logs',
    summary: 'logs of the services and of Kafka, Postgres and Redis',
    load: () => import('../verbs/logs.ts'),
  },
  {
    name: 'doctor',
    summary: 'check this machine and say what is missing',
    load: () => import('../verbs/doctor.ts'),
  },
  {
    name: 'test',
    summary: 'run the tests: lint, unit, int, e2e, collector',
    load: () => import('../verbs/test.ts'),
  },
  {
    name: 'triage',
    summary: 'explain Events and objects from files or standard input, with no services',
    load: () => import('../verbs/triage.ts'),
  },
  {
    name: 'eval',
    summary: 'score the core on labelled scenarios, beside a naive baseline',
    load: () => import('../verbs/eval.ts'),
  },
  {
    name: 'incidents',
    summary: 'list, show or watch the incidents of what runs here',
    load: () => import('../verbs/incidents.ts'),
  },
  {
    name: 'dlq',
    summary: 'list, show or replay the records that no stage could process',
    load: () => import('../verbs/dlq.ts'),
  },
  {
    name: 'rebuild',
    summary: 'make the state in Redis again, from signals and contexts',
    load: () => import('../verbs/rebuild.ts'),
  },
  {
    name: 'bench',
    summary: 'measure throughput and latency on this machine',
    load: () => import('../verbs/bench.ts'),
  },
]
