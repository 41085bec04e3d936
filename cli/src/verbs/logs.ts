import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CliFailure, usageFailure } from '../frame/cli-failure.ts'
import { ExitCode } from '../frame/exit-code.ts'
import { nearest } from '../frame/suggest.ts'
import type { CliContext, Verb } from '../frame/verb.ts'
import { followFile, lastLines } from '../lifecycle/log-lines.ts'

interface LogsOptions {
  readonly follow?: boolean
  readonly lines: string
}

export const verb: Verb = {
  examples: ['./kubesift logs assemble -f', './kubesift logs kafka -n 100', './kubesift logs'],
  notes: 'Names are those of `status`, and `supervisor`. The files are in KUBESIFT_HOME/logs.',
  define: (command, context, run) => {
    command
      .argument('[service]', 'whose log; without it, those of all')
      .option('-f, --follow', 'go on with new lines until Ctrl-C')
      .option('-n, --lines <count>', 'how many lines of each', '40')
      .action(
        run(async (service: string | undefined, options: LogsOptions) => {
          await show(chosen(service, context), options, context)
          return ExitCode.ok
        }),
      )
  },
}

const chosen = (service: string | undefined, { home }: CliContext): readonly string[] => {
  const folder = join(home, 'logs')
  if (!existsSync(folder))
    throw new CliFailure(
      'there are no logs yet: `./kubesift up` starts everything',
      ExitCode.notRunning,
    )
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .map((file) => basename(file, '.log'))
  if (service === undefined) return names
  if (names.includes(service)) return [service]
  const close = nearest(service, names)
  throw usageFailure(
    `no log of '${service}': ${close === undefined ? `there are ${names.join(', ')}` : `did you mean ${close}?`}`,
  )
}

const show = async (
  names: readonly string[],
  { follow, lines }: LogsOptions,
  context: CliContext,
): Promise<void> => {
  const count = Number(lines)
  if (!Number.isInteger(count) || count < 0)
    throw usageFailure(`--lines ${lines}: a whole number is needed`)
  const label = (name: string): string => (names.length > 1 ? `${name.padEnd(15)} ` : '')
  for (const name of names) {
    for (const line of lastLines(join(context.home, 'logs', `${name}.log`), count))
      context.print(`${label(name)}${line}`)
  }
  if (follow !== true) return
  await Promise.all(
    names.map((name) =>
      followFile(join(context.home, 'logs', `${name}.log`), context.signal, (line) =>
        context.print(`${label(name)}${line}`),
      ),
    ),
  )
}
