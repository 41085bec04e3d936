import type { Command } from 'commander'
import type { ExitCode } from './exit-code.ts'

/** All that a verb may know of the process around it. Nothing else in `cli/` reads `process`. */
export interface CliContext {
  /** The checkout: where `services/`, `rules/` and `deploy/` are. */
  readonly root: string
  /** `KUBESIFT_HOME`, else `.kubesift` in the checkout: data, logs and state of what `up` runs. */
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Milliseconds since the epoch; the only clock. */
  readonly now: () => number
  /** Aborted by Ctrl-C and SIGTERM. A verb that listens ends by itself; the second Ctrl-C ends the process. */
  readonly signal: AbortSignal
  /** A line to standard output. */
  readonly print: (line: string) => void
  /** A line to standard error, after `kubesift: `. */
  readonly warn: (line: string) => void
}

/** Turns a handler, which takes what commander hands over and answers the exit code, into a commander action. */
export type Run = <A extends readonly unknown[]>(
  handler: (...args: A) => Promise<ExitCode> | ExitCode,
) => (...args: A) => Promise<void>

/**
 * One verb, one file: `cli/src/verbs/<name>.ts` exports `const verb: Verb`, and `registry.ts` has one line for it.
 * `define` adds arguments, options or sub-commands, and gives each a handler by `command.action(run(handler))`.
 * A handler returns the exit code; what it cannot go on from it throws as a `CliFailure` (one line, with what to do).
 */
export interface Verb {
  /** Whole command lines, printed under `--help`. */
  readonly examples: readonly string[]
  /** More lines for `--help`, after the examples. */
  readonly notes?: string
  /** Compiled services are needed: they are built before the handler runs. Verbs without it run from source. */
  readonly needsBuild?: boolean
  readonly define: (command: Command, context: CliContext, run: Run) => void
}
