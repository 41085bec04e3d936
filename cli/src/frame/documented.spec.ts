import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkoutRoot } from './context.ts'
import { runCli } from './program.ts'
import { registry } from './registry.ts'

const SKIPPED = new Set(['node_modules', 'dist', '.kubesift', '.git'])

interface Mention {
  readonly page: string
  readonly verb: string
  readonly options: readonly string[]
}

/** Every `./kubesift …` of the pages, up to the end of the command: a back-tick, a comment, a pipe, `--` for another program. */
const mentions = globSync('**/*.md', {
  cwd: checkoutRoot,
  exclude: (path) => SKIPPED.has(path.split('/').at(-1) ?? ''),
}).flatMap((page) =>
  [
    ...readFileSync(join(checkoutRoot, page), 'utf8').matchAll(
      /\.\/kubesift ([a-z][a-z-]*)((?:(?! -- )[^`#|\n;)])*)/g,
    ),
  ].map(([, verb = '', rest = '']): Mention => ({
    page,
    verb,
    options: rest.match(/(?<=\s)--[a-z][a-z-]*/g) ?? [],
  })),
)

const helpOf = async (...args: string[]): Promise<string> => {
  let out = ''
  const stdout = Object.assign(Object.create(process.stdout) as NodeJS.WriteStream, {
    write: (text: string) => (out += text) !== '',
  })
  await runCli(args, {
    root: checkoutRoot,
    home: '/nonexistent/kubesift-home',
    env: {},
    stdin: process.stdin,
    stdout,
    stderr: process.stderr,
    now: () => 0,
    signal: new AbortController().signal,
    print: (line) => void (out += `${line}\n`),
    warn: (line) => void (out += `${line}\n`),
  })
  return out
}

/** The help of a verb, and of its sub-commands where it has some. */
const wholeHelpOf = async (verb: string): Promise<string> => {
  const help = await helpOf(verb, '--help')
  const subs = [...help.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)].map((m) => m[1]!)
  return [help, ...(await Promise.all(subs.map((sub) => helpOf(verb, sub, '--help'))))].join('\n')
}

it('documents no command that is not there', () => {
  const verbs = new Set(['help', ...registry.map(({ name }) => name)])
  expect(mentions.length).toBeGreaterThan(20)
  expect(mentions.filter(({ verb }) => !verbs.has(verb))).toEqual([])
})

it.each(registry.map(({ name }) => name))(
  'documents no option that %s does not have',
  async (name) => {
    const help = await wholeHelpOf(name)
    const options = mentions.filter(({ verb }) => verb === name)
    expect(
      options.flatMap((m) => m.options.filter((o) => !help.includes(o)).map((o) => [m.page, o])),
    ).toEqual([])
  },
)
