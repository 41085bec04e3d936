import { Failure } from '@kubesift/contracts'
import { Command, CommanderError } from 'commander'
import { ensureBuilt } from './build.ts'
import { CliFailure, usageFailure } from './cli-failure.ts'
import { ExitCode } from './exit-code.ts'
import { helpText } from './help-text.ts'
import { registry, type VerbEntry } from './registry.ts'
import { nearest } from './suggest.ts'
import type { CliContext, Run, Verb } from './verb.ts'

/** Runs one command line and answers its exit code. Every end that can be explained is one line on standard error. */
export const runCli = async (args: readonly string[], context: CliContext): Promise<ExitCode> => {
  try {
    return await dispatch(args, context)
  } catch (why) {
    return explain(await ofTheHome(why, context), context, args)
  }
}

const dispatch = async (args: readonly string[], context: CliContext): Promise<ExitCode> => {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h') return printHelp(context)
  if (name === 'help')
    return rest[0] === undefined ? printHelp(context) : dispatch([rest[0], '--help'], context)
  if (name === '--version' || name === '-V') return printVersion(context)
  const entry = registry.find((candidate) => candidate.name === name)
  if (entry === undefined) throw unknownVerb(name)
  return runVerb(entry, rest, context)
}

const printHelp = (context: CliContext): ExitCode => {
  context.print(helpText(registry))
  return ExitCode.ok
}

const printVersion = async (context: CliContext): Promise<ExitCode> => {
  const { version } = await import('./version.ts')
  context.print(await version(context.root))
  return ExitCode.ok
}

const unknownVerb = (name: string): CliFailure => {
  if (name.startsWith('-'))
    return usageFailure(`unknown option '${name}': \`kubesift help\` shows how it is called`)
  const close = nearest(name, [...registry.map((entry) => entry.name), 'help'])
  const hint =
    close === undefined
      ? '`kubesift help` lists the commands'
      : `did you mean \`kubesift ${close}\`?`
  return usageFailure(`unknown command '${name}': ${hint}`)
}

const runVerb = async (
  entry: VerbEntry,
  args: readonly string[],
  context: CliContext,
): Promise<ExitCode> => {
  const { verb } = await entry.load()
  const outcome: { code: ExitCode } = { code: ExitCode.ok }
  const command = commandFor(entry, verb, context)
  const run: Run =
    (handler) =>
    async (...handed) => {
      if (verb.needsBuild === true) await ensureBuilt(context)
      outcome.code = await handler(...handed)
    }
  verb.define(command, context, run)
  inheritFrame(command)
  await command.parseAsync([...args], { from: 'user' })
  return outcome.code
}

const commandFor = (entry: VerbEntry, verb: Verb, context: CliContext): Command =>
  new Command(`kubesift ${entry.name}`)
    .description(`${entry.summary[0]?.toUpperCase() ?? ''}${entry.summary.slice(1)}.`)
    .helpOption('-h, --help', 'show this help')
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: () => undefined,
    })
    .addHelpText('after', helpTail(verb))

const helpTail = (verb: Verb): string => {
  const title = verb.examples.length > 1 ? 'Examples' : 'Example'
  const examples = verb.examples.map((line) => `  ${line}`).join('\n')
  return `\n${title}:\n${examples}${verb.notes === undefined ? '' : `\n\n${verb.notes}`}`
}

/** Sub-commands are made inside `define`: none of them may print its own errors or end the process. */
const inheritFrame = (command: Command): void => {
  command.exitOverride()
  for (const sub of command.commands) {
    sub.copyInheritedSettings(command)
    inheritFrame(sub)
  }
}

/** What the system refuses below the home is a fault of the place, not of the program. */
const ofTheHome = async (why: unknown, { home }: CliContext): Promise<unknown> => {
  const path = why instanceof Error && 'path' in why ? String(why.path) : ''
  if (path !== home && !path.startsWith(`${home}/`)) return why
  const { unusableFolder } = await import('@kubesift/adapter-backing')
  return unusableFolder(home, why) ?? why
}

const explain = (why: unknown, context: CliContext, args: readonly string[]): ExitCode => {
  if (context.env['KUBESIFT_DEBUG'] === '1' && !isHelp(why))
    context.stderr.write(`${stackOf(why)}\n`)
  if (why instanceof CommanderError) return explainCommander(why, context, args)
  context.warn(oneLine(why))
  if (why instanceof CliFailure) return why.exitCode
  if (why instanceof Failure && why.code === 'MISSING_PREREQUISITE') return ExitCode.missing
  context.warn('KUBESIFT_DEBUG=1 shows where it happened')
  return ExitCode.failed
}

const isHelp = (why: unknown): boolean => why instanceof CommanderError && why.exitCode === 0

const explainCommander = (
  why: CommanderError,
  context: CliContext,
  args: readonly string[],
): ExitCode => {
  if (why.exitCode === 0) return ExitCode.ok
  const help = `\`kubesift ${args[0] ?? ''} --help\``
  if (why.code === 'commander.help') {
    context.warn(`which of its commands? ${help} lists them`)
    return ExitCode.usage
  }
  const fault = why.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
    .replace(/^command-argument value ('.*') is invalid for argument '(.*?)'\. /, '$1 is no $2: ')
  const suggests = /did you mean|`/i.test(fault)
  context.warn(suggests ? fault : `${fault}: ${help} shows how it is called`)
  return ExitCode.usage
}

const oneLine = (why: unknown): string => {
  const text = why instanceof Error ? why.message : String(why)
  return text.split('\n').filter(Boolean).join('; ')
}

const stackOf = (why: unknown): string =>
  why instanceof Error ? (why.stack ?? why.message) : String(why)
