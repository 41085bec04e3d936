import { processContext } from './frame/context.ts'
import { ExitCode } from './frame/exit-code.ts'
import { runCli } from './frame/program.ts'

const stop = new AbortController()
const interrupt = (): void => {
  if (stop.signal.aborted) process.exit(ExitCode.interrupted)
  stop.abort()
}
process.on('SIGINT', interrupt)
process.on('SIGTERM', interrupt)
// `kubesift triage | head`: the reader has gone, which is no error of ours
process.stdout.on('error', (why: NodeJS.ErrnoException) => {
  if (why.code !== 'EPIPE') throw why
  process.exit(ExitCode.ok)
})

process.exitCode = await runCli(process.argv.slice(2), processContext(stop.signal))
