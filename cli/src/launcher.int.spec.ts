import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkoutRoot } from './frame/context.ts'

/**
 * The launcher in a checkout of two lockfiles, with a stand-in for npm that notes each call. What npm does is proven by
 * every installation; what is asked here is when the launcher calls it.
 */
let root = ''
let bin = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'launcher with space-'))
  bin = join(root, 'fake-bin')
  for (const folder of ['tools/node', 'cli/src/frame', 'fake-bin'])
    mkdirSync(join(root, folder), { recursive: true })
  for (const file of ['kubesift', 'tools/node/in-sync.mjs', 'cli/src/frame/help.txt'])
    copyFileSync(join(checkoutRoot, file), join(root, file))
  lock('tools/node', '1.0.0')
  lock('.', '1.0.0')
  writeFileSync(
    join(root, 'cli/src/main.ts'),
    'process.stdin.on("data", (d) => process.stdout.write(`got ${d}`)); console.log("args", ...process.argv.slice(2))',
  )
  writeFileSync(join(bin, 'npm'), FAKE_NPM)
  chmodSync(join(bin, 'npm'), 0o755)
  symlinkSync(process.execPath, join(bin, 'node'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Like `npm ci`: empties node_modules, fills it, and writes the hidden lockfile last. */
const FAKE_NPM = `#!/bin/sh
echo "$PWD" >>"$NPM_CALLS"
rm -rf node_modules; mkdir -p node_modules/thing node_modules/node-x/bin
case $PWD in */tools/node) ln -s "$REAL_NODE" node_modules/node-x/bin/node ;; esac
[ -z "\${NPM_FAILS:-}" ] || exit 1
cp package-lock.json node_modules/.package-lock.json
`

const lock = (folder: string, version: string): void =>
  writeFileSync(
    join(root, folder, 'package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/thing': { version } } }),
  )

const calls = (): number =>
  existsSync(join(root, 'calls'))
    ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n').length
    : 0

const launch = (env: Record<string, string> = {}, args: readonly string[] = ['x'], input = '') =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(join(root, 'kubesift'), args, {
      env: {
        PATH: `${bin}:/usr/bin:/bin`,
        NPM_CALLS: join(root, 'calls'),
        REAL_NODE: process.execPath,
        ...env,
      },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.once('close', (code) => resolve({ code, out, err }))
    child.stdin.end(input)
  })

test('the first run installs both, later ones nothing; arguments and input get through', async () => {
  const first = await launch({}, ['triage', 'a b'], 'events')
  expect(first).toMatchObject({ code: 0, out: 'args triage a b\ngot events' })
  expect(calls()).toBe(2)
  expect((await launch({}, ['x'], '')).code).toBe(0)
  expect(calls()).toBe(2)
})

test('a changed lockfile installs that part again', async () => {
  await launch()
  lock('.', '2.0.0')
  await launch()
  expect(calls()).toBe(3)
})

test('a tree that its owner brought up to date himself is not installed again', async () => {
  await launch()
  lock('.', '2.0.0')
  copyFileSync(join(root, 'package-lock.json'), join(root, 'node_modules/.package-lock.json'))
  expect((await launch()).code).toBe(0)
  expect(calls()).toBe(2)
})

test('a half-finished install is one line and exit code 3, and the next run heals it', async () => {
  const failed = await launch({ NPM_FAILS: '1' })
  expect(failed.code).toBe(3)
  expect(failed.err).toMatch(
    /kubesift: could not fetch the pinned Node .* run the same command again\n$/,
  )
  expect((await launch()).code).toBe(0)
})

test('two first runs install once', async () => {
  const both = await Promise.all([launch(), launch()])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(calls()).toBe(2)
})

test.each(['pid-4194000', 'pid-1', 'nonsense'])(
  'a lock left by %s is taken over',
  async (holder) => {
    mkdirSync(join(root, '.kubesift'))
    symlinkSync(holder, join(root, '.kubesift/install.lock'))
    expect((await launch()).code).toBe(0)
  },
)

test.each([[[]], [['help']], [['--help']], [['-h']]])(
  '%j is answered at once, before anything is installed',
  async (args) => {
    const { code, out, err } = await launch({}, args)
    expect([code, calls()]).toEqual([0, 0])
    expect(out).toMatch(/^usage: \.\/kubesift <command>[\s\S]*^ {2}up +start everything/m)
    expect(err).toMatch(/^kubesift: the packages are not installed yet; [^\n]*\n$/)
  },
)

test('once it is installed, the program itself is asked for help', async () => {
  await launch()
  expect((await launch({}, ['help'])).out).toContain('args help')
})

test('doctor says what it sees without the packages, and that it installs them first', async () => {
  const { code, out, err } = await launch({ REDIS_URL: 'redis://r' }, ['doctor'])
  expect(code).toBe(0)
  expect(out).toMatch(/^ok +Node +.*\/fake-bin\/node$/m)
  expect(out).not.toContain('redis-server')
  expect(out).toContain('args doctor')
  expect(err).toMatch(/not installed yet: installing them first\n[\s\S]*npm ci, about 200 MB/)
})

test.each([
  ['node', /needs Node 18 or newer \(with npm\) on PATH/],
  ['npm', /found node but no npm on PATH/],
])('a machine without %s is told what to install', async (tool, line) => {
  const tools = join(root, 'few-tools')
  mkdirSync(tools)
  for (const one of [
    'dirname',
    'readlink',
    'cat',
    'cksum',
    'uname',
    'mkdir',
    'ln',
    'rm',
    'mv',
    'tr',
    'grep',
  ])
    symlinkSync(`/usr/bin/${one}`, join(tools, one))
  if (tool === 'npm') symlinkSync(process.execPath, join(tools, 'node'))
  const { code, out, err } = await launch({ PATH: tools }, ['doctor'])
  expect(code).toBe(3)
  expect(err).toMatch(line)
  // all at once, and not one after each failed installation
  expect(out).toMatch(new RegExp(`^FAIL +${tool} +no ${tool} on PATH$`, 'im'))
  expect(out).toMatch(/^FAIL +Java +no java on PATH\n {18}install Java 17/m)
})
