import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkoutRoot } from '../frame/context.ts'
import { runCli } from '../frame/program.ts'
import type { CliContext } from '../frame/verb.ts'
import { triageOutput } from '../triage/output.ts'

const dir = mkdtempSync(join(tmpdir(), 'kubesift-triage-'))
afterAll(() => rmSync(dir, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}

const cli = async (
  args: readonly string[],
  input: string | Readable = '',
  {
    env = {},
    signal = new AbortController().signal,
  }: Partial<Pick<CliContext, 'env' | 'signal'>> = {},
) => {
  const out: string[] = []
  const warnings: string[] = []
  const context: CliContext = {
    root: checkoutRoot,
    home: join(dir, 'no-home'),
    env,
    stdin: (typeof input === 'string'
      ? Readable.from([Buffer.from(input)])
      : input) as unknown as NodeJS.ReadStream,
    stdout: { isTTY: false } as NodeJS.WriteStream,
    stderr: { isTTY: false } as NodeJS.WriteStream,
    now: () => Date.UTC(2026, 10, 21),
    signal,
    print: (line) => void out.push(line),
    warn: (line) => void warnings.push(line),
  }
  return { code: await runCli(args, context), out: out.join('\n'), warnings }
}

const event = {
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { name: 'e', namespace: 'shop', uid: 'u' },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'checkout-58f76dcc9-bcdfg', uid: 'p' },
  reason: 'BackOff',
  type: 'Warning',
  message: 'Back-off restarting failed container checkout in pod checkout-58f76dcc9-bcdfg_shop(p)',
  count: 7,
  firstTimestamp: '2026-11-21T01:00:00Z',
  lastTimestamp: '2026-11-21T01:05:00Z',
}
const list = JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [event] })

describe('kubesift triage', () => {
  it('reads standard input and prints a table that says what to do', async () => {
    const { code, out, warnings } = await cli(['triage'], list)
    expect([code, warnings]).toEqual([0, []])
    expect(out).toContain('1 open incident')
    expect(out).toContain('shop/Deployment/checkout')
    expect(out).toMatch(/\$ kubectl -n shop /)
    expect(out).not.toContain('\u001b')
  })

  it('prints JSON and YAML of the same content, as published', async () => {
    const json = triageOutput.parse(
      JSON.parse((await cli(['triage', '--format', 'json'], list)).out),
    )
    const yaml: unknown = parse((await cli(['triage', '--format=yaml'], list)).out)
    expect(yaml).toEqual(json)
    expect(json.incidents[0]?.cluster).toBe('local')
  })

  it('takes several files, and standard input among them, as one input', async () => {
    const { out } = await cli(
      ['triage', file('a.json', list), '-', '--format', 'json', '--cluster', 'lab'],
      list,
    )
    const output = triageOutput.parse(JSON.parse(out))
    expect(output.stats).toMatchObject({ events: 1, duplicates: 1 })
    expect(output.incidents[0]?.key).toBe('lab/shop/Deployment/checkout/CrashLoop')
  })

  it('goes on past what is malformed, and says where it was', async () => {
    const { code, warnings } = await cli([
      'triage',
      file('b.json', `[${JSON.stringify(event)}, {"kind": "Event"}, 5]`),
    ])
    expect(code).toBe(0)
    expect(warnings).toHaveLength(2)
    expect(warnings.join()).toContain('items[2]')
    expect(warnings.join()).toContain('items[1]')
  })

  it('does not take what it could not read for a healthy cluster', async () => {
    const broken = '[{"kind": "Event"}, {"kind": "Event"}]'
    const { code, out, warnings } = await cli(['triage'], broken)
    expect([code, warnings.length]).toEqual([0, 2])
    expect(out).toContain('Nothing could be read: all 2 items were rejected')
    expect(out).not.toContain('No incidents')
    const one = await cli(['triage'], '[{"kind": "Event"}]')
    expect(one.out).toContain('Nothing could be read: the only item was rejected')
    const healthy = { ...event, type: 'Normal', reason: 'Pulled' }
    const some = await cli(['triage'], JSON.stringify([healthy, { kind: 'Event' }]))
    expect(some.out).toMatch(/^No incidents at \S+ in what could be read; 1 item was rejected/)
  })

  it('does not take an empty list for a healthy cluster either', async () => {
    const empty = '{"kind":"List","apiVersion":"v1","items":[]}'
    const { code, out } = await cli(['triage'], empty)
    expect(code).toBe(0)
    expect(out).toMatch(/^The input is an empty list: .*get events -A -o json/)
  })

  it('cuts nothing into a pipe', async () => {
    const { out } = await cli(['triage'], list)
    expect(out).not.toContain('…')
  })

  it.each([
    ['no list', 'hello', /stdin: it is neither JSON nor YAML/],
    ['nothing', '', /stdin: it is empty/],
    ['a table', 'NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT\n', /add `-o json`/],
    ['other JSON', '{"a":1}', /it has no kind/],
  ])('%s is one line and exit code 2', async (_, input, line) => {
    const { code, warnings, out } = await cli(['triage'], input)
    expect([code, out, warnings.length]).toEqual([2, '', 1])
    expect(warnings[0]).toMatch(line)
  })

  it.each([
    [['triage', join(dir, 'nothing.json')], /there is no file/],
    [['triage', dir], /is a folder/],
    [['triage', '-', '-'], /only once/],
    [['triage', '--now', 'yesterday'], /2026-11-21T01:08:50Z/],
    [['triage', '--format', 'xml'], /table, json, yaml/],
  ])('%j is a usage error', async (args, line) => {
    const { code, warnings } = await cli(args)
    expect(code).toBe(2)
    expect(warnings.join()).toMatch(line)
  })
})

describe('Ctrl-C', () => {
  it('ends the reading of an input that never ends', async () => {
    const stop = new AbortController()
    const endless = new PassThrough()
    endless.write(list)
    const running = cli(['triage'], endless, { signal: stop.signal })
    setImmediate(() => stop.abort())
    expect((await running).code).toBe(130)
  })
})

describe('kubesift incidents', () => {
  it('says how to start Kubesift where none runs', async () => {
    const { code, warnings } = await cli(['incidents', 'list'])
    expect([code, warnings]).toEqual([
      4,
      ['Kubesift is not running here: `./kubesift up` starts it'],
    ])
  })

  it.each([
    [['incidents', 'list', '--status', 'opne'], /did you mean 'open'/],
    [['incidents', 'list', '--severity', 'P9'], /P1/],
    [['incidents', 'lsit'], /list/],
    [['incidents'], /which of its commands\? .kubesift incidents --help/],
    [['incidents', 'show'], /id/],
    [['incidents', 'show', 'checkout'], /^'checkout' is no id: the first column of `/],
  ])('%j is a usage error with a suggestion', async (args, line) => {
    const { code, warnings } = await cli(args)
    expect(code).toBe(2)
    expect(warnings.join()).toMatch(line)
  })

  it('refuses an address that is none', async () => {
    const { code, warnings } = await cli(['incidents', 'list'], '', {
      env: { KUBESIFT_API: 'nowhere' },
    })
    expect(code).toBe(2)
    expect(warnings.join()).toContain('host:port')
  })
})
