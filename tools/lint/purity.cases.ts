import type { Case } from './case.ts'

const WORLD: Readonly<Record<string, string>> = {
  Date: 'Date.now()',
  performance: 'performance.now()',
  setTimeout: 'setTimeout(() => 1, 1)',
  setInterval: 'setInterval(() => 1, 1)',
  setImmediate: 'setImmediate(() => 1)',
  fetch: 'fetch',
  process: 'process.pid',
  console: 'console',
  crypto: 'crypto.randomUUID()',
  Buffer: 'Buffer.alloc(1)',
  globalThis: 'globalThis',
}

/** The names that a rule of the house forbids in core; the proof runs through each. */
export const WORLD_NAMES = Object.keys(WORLD)

/** What core and contracts may not do, each in both of them. */
export const PURITY: readonly Case[] = ['libs/core/signal/src', 'libs/contracts/src'].flatMap(
  (at) => [
    ...Object.values(WORLD).map((use) => ({
      rule: 'eslint(no-restricted-globals)',
      at,
      bad: `export const a = (): unknown => ${use}`,
      good: 'export const a = (now: number): unknown => now + 1',
    })),
    {
      rule: 'eslint(no-restricted-properties)',
      at,
      bad: 'export const a = (): number => Math.random()',
      good: 'export const a = (draw: number): number => Math.floor(draw)',
    },
    {
      rule: 'import(no-nodejs-modules)',
      at,
      bad: "import { readFileSync } from 'node:fs'\nexport const a = readFileSync",
      good: "import { other } from './other.ts'\nexport const a = other",
    },
    {
      rule: 'import(no-nodejs-modules)',
      at,
      bad: "import { readFileSync } from 'fs'\nexport const a = readFileSync",
      good: "import { other } from './other.ts'\nexport const a = other",
    },
  ],
)
