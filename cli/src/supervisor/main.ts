import { checkoutRoot, homeOf } from '../frame/context.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { claimHome, livingSupervisor, releaseHome } from './claim.ts'
import { wishFrom } from './collector-wish.ts'
import { supervise } from './supervise.ts'

/** The process behind `up`: it outlives the terminal and ends by SIGTERM. Its output is `logs/supervisor.log`. */
const log = (line: string): void =>
  void process.stdout.write(`${new Date().toISOString()} ${line}\n`)

const CLAIM_CHECK_MS = 2_000
const home = homeOf(process.env, checkoutRoot)
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    log(`${signal}: stopping`)
    stop.abort()
  })
}

const { mine, holder } = claimHome(home)
if (mine) {
  log(`supervisor ${process.pid} of ${home}`)
  setInterval(() => {
    if (stop.signal.aborted || livingSupervisor(home)?.pid === process.pid) return
    log('this home is no longer ours (was its folder deleted?): stopping')
    stop.abort()
  }, CLAIM_CHECK_MS)
  try {
    const collector = wishFrom(process.argv[2])
    await supervise({
      root: checkoutRoot,
      home,
      env: process.env,
      signal: stop.signal,
      log,
      ...(collector === undefined ? {} : { collector }),
    })
    log('stopped')
  } catch (why) {
    log(why instanceof Error ? (why.stack ?? why.message) : String(why))
    process.exitCode = ExitCode.failed
  } finally {
    releaseHome(home)
  }
} else {
  log(`process ${holder.pid} supervises ${home} already`)
}
// a socket of a check that is still open must not keep an ended supervisor alive
process.exit()
