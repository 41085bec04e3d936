import { processContext } from './frame/context.ts'
import { ExitCode } from './frame/exit-code.ts'
import { runCli } from './frame/program.ts'

const stop = new AbortController()
const interrupt = (): void => {
  if (stop.signal.aborted) process.exit(ExitCode.interrupted)
  stop.abort()
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
// `kubesift triage | head`: the reader has gone, which is no error of ours
process.stdout.on('error', (why: NodeJS.ErrnoException) => {
  if (why.code === 'EPIPE') process.exit(ExitCode.ok)
  // EIO: the terminal was closed; its SIGHUP ends us in good order
  if (why.code !== 'EIO') throw why
})

process.exitCode = await runCli(process.argv.slice(2), processContext(stop.signal))
