import { defineConfig } from 'vitest/config'

const rooms = '{services,libs,cli,otel-collector,e2e,bench,deploy,tools}'
const never = ['**/node_modules/**', '**/dist/**']
const suffixed = ['int', 'e2e', 'collector'].map((tier) => `**/*.${tier}.spec.ts`)

/** A tier is a suffix. Those that need Kafka, Postgres or Redis get them from one global set-up. */
const tier = (name: string, timeoutMs: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`${rooms}/**/*.${name}.spec.ts`],
    exclude: never,
    globalSetup: ['./libs/testing/src/global-backing.ts'],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
})

export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  resolve: { conditions: ['source'] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`${rooms}/**/*.spec.ts`],
          exclude: [...never, ...suffixed],
          // Some bound what a hostile input costs: seconds here, and more on a machine that others use too.
          testTimeout: 20_000,
        },
      },
      tier('int', 60_000),
      tier('e2e', 300_000),
      tier('collector', 1_800_000),
    ],
  },
})
