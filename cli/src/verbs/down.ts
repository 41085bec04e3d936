import { existsSync } from 'node:fs'
import { ExitCode } from '../frame/exit-code.ts'
import type { Verb } from '../frame/verb.ts'
import { purgeHome } from '../lifecycle/purge.ts'
import { stopEverything, type Stopped } from '../lifecycle/stop.ts'

/** Stops whatever this home runs; nothing to stop is success too. */
export const verb: Verb = {
  examples: ['./kubesift down', './kubesift down --purge'],
  notes: 'Downloads (Kafka) are in the cache folder and are kept: the next `up` needs no network.',
  define: (command, context, run) => {
    command.option('--purge', 'also delete the data, the logs and the chosen ports').action(
      run(async ({ purge }: { readonly purge?: boolean }) => {
        context.print(describe(await stopEverything(context.home)))
        if (purge === true && existsSync(context.home)) {
          purgeHome(context.home)
          context.print(`deleted the data in ${context.home}`)
        }
        return ExitCode.ok
      }),
    )
  },
}

const describe = ({ supervisor, orphans }: Stopped): string => {
  if (orphans.length > 0) return `stopped what was left running: ${orphans.join(', ')}`
  return supervisor === 'gone' ? 'nothing was running' : 'stopped everything'
}
