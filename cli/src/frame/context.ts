import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CliContext } from './verb.ts'

/** The checkout that this file is part of. */
export const checkoutRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

/** Where data, logs and state live: `KUBESIFT_HOME`, else `.kubesift` in the checkout. */
export const homeOf = (env: Readonly<Record<string, string | undefined>>, root: string): string =>
  env['KUBESIFT_HOME'] === undefined || env['KUBESIFT_HOME'] === ''
    ? join(root, '.kubesift')
    : resolve(env['KUBESIFT_HOME'])

/** The one reader of `process` for the verbs. */
export const processContext = (signal: AbortSignal): CliContext => ({
  root: checkoutRoot,
  home: homeOf(process.env, checkoutRoot),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => Date.now(),
  signal,
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`kubesift: ${line}\n`),
})
