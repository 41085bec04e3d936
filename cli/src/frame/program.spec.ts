import { expect, test } from 'vitest'
import { duration } from './duration.ts'
import { checkoutRoot } from './context.ts'
import { runCli } from './program.ts'
import { registry } from './registry.ts'
import type { CliContext } from './verb.ts'

/** Runs a command line and collects what it says. */
const run = async (...args: string[]) => {
  let out = ''
  const warnings: string[] = []
  const context: CliContext = {
    root: checkoutRoot,
    home: '/nonexistent/kubesift-home',
    env: {},
    stdin: process.stdin,
    stdout: Object.assign(Object.create(process.stdout) as NodeJS.WriteStream, {
      write: (text: string) => (out += text) !== '',
    }),
    stderr: process.stderr,
    now: () => 0,
    signal: new AbortController().signal,
    print: (line) => void (out += `${line}\n`),
    warn: (line) => void warnings.push(line),
  }
  return { code: await runCli(args, context), out: () => out, warnings }
}

test('help lists every verb and every exit code', async () => {
  const { code, out } = await run('help')
  expect(code).toBe(0)
  for (const { name, summary } of registry) {
    expect(out()).toMatch(new RegExp(`^  ${name} +${summary}`, 'm'))
  }
  expect(out()).toMatch(/Exit codes:\n {2}0 /)
})

test('the launcher has the same page, for before the installation (vitest -u writes it)', async () => {
  const { out } = await run('help')
  await expect(out()).toMatchFileSnapshot('help.txt')
})

test.each(registry.map(({ name }) => name))(
  '%s --help has an example that begins with ./kubesift or a pipe into it',
  async (name) => {
    const { code, out } = await run(name, '--help')
    expect(code).toBe(0)
    expect(out()).toMatch(new RegExp(`Examples?:\\n.*\\./kubesift ${name}`))
  },
)

test.each([
  [['statsu'], "unknown command 'statsu': did you mean `kubesift status`?"],
  [['xyzzyq'], "unknown command 'xyzzyq': `kubesift help` lists the commands"],
  [['test', 'unti'], "unknown tier 'unti': did you mean unit?"],
  [['up', '--detahc'], "unknown option '--detahc' (Did you mean --detach?)"],
  [['-v'], "unknown option '-v': `kubesift help` shows how it is called"],
  [
    ['up', 'extra'],
    'too many arguments. Expected 0 arguments but got 1: extra: `kubesift up --help` shows how it is called',
  ],
  [
    ['status', '--format', 'xml'],
    "option '--format <format>' argument 'xml' is invalid. Allowed choices are table, json: `kubesift status --help` shows how it is called",
  ],
])('%j is a usage error of one line with a suggestion', async (args, line) => {
  const { code, warnings } = await run(...args)
  expect(warnings).toEqual([line])
  expect(code).toBe(2)
})

test('status of a home that never ran says so, with an exit code for scripts', async () => {
  const { code, warnings } = await run('status')
  expect(code).toBe(4)
  expect(warnings).toEqual(['nothing is running: `./kubesift up` starts everything'])
})

test.each([
  [999, '0 s'],
  [61_000, '1 min'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})
