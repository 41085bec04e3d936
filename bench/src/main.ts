import process from 'node:process'
import { runBench } from './run-bench.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second one changes nothing: whoever ends a group of processes sends two, and what was started must be stopped in any case.
  process.on(signal, () => stop.abort(new Error(`interrupted by ${signal}`)))
}
const log = (line: string): void => void process.stderr.write(`${line}\n`)
try {
  await runBench(process.argv.slice(2), { env: process.env, signal: stop.signal, log })
} catch (error) {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
}
