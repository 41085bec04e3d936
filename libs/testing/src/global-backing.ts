import type { TestProject } from 'vitest/node'
import { containerBacking } from './backing/containers.ts'
import { nativeBacking } from './backing/native.ts'
import type { SharedBacking } from './backing/urls.ts'

/** Integration and end-to-end tests are two vitest projects in one process; they share one set of services. */
interface Shared {
  users: number
  readonly started: Promise<SharedBacking>
}

const KEY = Symbol.for('kubesift.test-backing')
const registry = globalThis as typeof globalThis & { [KEY]?: Shared }

/** vitest's globalSetup: the services start once for a run, before its first test that needs them, and stop after its last. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const shared = (registry[KEY] ??= { users: 0, started: chosen() })
  shared.users += 1
  const { kafkaBrokers, databaseUrl, redisUrl } = await shared.started
  project.provide('kubesiftBacking', { kafkaBrokers, databaseUrl, redisUrl })
  return async () => {
    shared.users -= 1
    if (shared.users > 0) return
    delete registry[KEY]
    await (await shared.started).stop()
  }
}

const chosen = (): Promise<SharedBacking> =>
  process.env['KUBESIFT_TEST_BACKEND'] === 'testcontainers'
    ? containerBacking()
    : nativeBacking(process.env)
