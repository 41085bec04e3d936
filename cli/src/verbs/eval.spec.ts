import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { EvaluationOutput } from '../evaluate/report-json.ts'
import { checkoutRoot } from '../frame/context.ts'
import { runCli } from '../frame/program.ts'

const dir = mkdtempSync(join(tmpdir(), 'kubesift-eval-'))
afterAll(() => rmSync(dir, { recursive: true }))

const write = (path: string, content: unknown): void => {
  mkdirSync(join(dir, path, '..'), { recursive: true })
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  writeFileSync(join(dir, path), text)
}

const event = (uid: string, kind: string, name: string, reason: string, type = 'Warning') => ({
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { name: uid, namespace: 'shop', uid },
  involvedObject: { kind, namespace: 'shop', name },
  reason,
  type,
  message: reason === 'Failed' ? 'Failed to pull image "x": not found' : 'told',
  count: 4,
  firstTimestamp: '2026-11-21T01:00:00Z',
  lastTimestamp: '2026-11-21T01:05:00Z',
  source: { component: 'kubelet' },
})

const label = (id: string, more: object = {}) => ({
  id,
  faulty_entity: 'Deployment/shop/cart',
  cause_class: 'image-pull',
  ...more,
})

write(
  'many/grouped/label.json',
  label('grouped', { faulty_entity: ['Deployment/cart', 'Job/report'] }),
)
write('many/grouped/expected_grouping.json', {
  incidents: [
    {
      incident: 'cart',
      cause_class: 'image-pull',
      faulty_entity: 'Deployment/cart',
      event_uids: ['1', '2'],
    },
    {
      incident: 'report',
      cause_class: 'job-backoff',
      faulty_entity: 'Job/report',
      event_uids: ['3'],
    },
  ],
})
write('many/grouped/events.json', {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    event('1', 'Pod', 'cart-58f76dcc9-bcdfg', 'Failed'),
    event('2', 'Pod', 'cart-58f76dcc9-bcdfh', 'Failed'),
    event('3', 'Job', 'report', 'BackoffLimitExceeded'),
  ],
})
write('many/label-only/label.json', label('label-only', { evidence_level: 'manifest-only' }))
write('many/unreadable/label.json', '{ "id": ')
write('many/broken-truth/truth.yaml', 'scenario: x\n')
write('many/no-label/readme.txt', 'nothing here')
write('not-json/label.json', label('not-json'))
write('not-json/events.json', 'no list at all')
mkdirSync(join(dir, 'empty'))

const cli = async (...args: string[]) => {
  const out: string[] = []
  const warnings: string[] = []
  const code = await runCli(['eval', ...args], {
    root: checkoutRoot,
    home: join(dir, 'no-home'),
    env: { COLUMNS: '100' },
    stdin: process.stdin,
    stdout: { isTTY: false } as NodeJS.WriteStream,
    stderr: { isTTY: false } as NodeJS.WriteStream,
    now: () => Date.UTC(2026, 10, 21),
    signal: new AbortController().signal,
    print: (line) => void out.push(line),
    warn: (line) => void warnings.push(line),
  })
  return { code, out: out.join('\n'), warnings }
}

const json = async (...args: string[]) => {
  const { code, out } = await cli(...args, '--format', 'json')
  return { code, output: JSON.parse(out) as EvaluationOutput }
}

/** The figures that the shape promises, for every scenario and for the total. */
const FIGURES =
  'expected found missed spurious pairwiseF1 adjustedRandIndex falseMerges falseSplits compression ownerAccuracy changeNamed severityAgreement'.split(
    ' ',
  )

describe('kubesift eval', () => {
  it('scores what it can and tells of the rest, in the published shape', async () => {
    const { code, output } = await json(join(dir, 'many'))
    expect(code).toBe(0)
    expect(output.scenarios.map(({ name, status }) => [name, status])).toEqual([
      ['broken-truth', 'error'],
      ['grouped', 'evaluated'],
      ['label-only', 'not-judged'],
      ['no-label', 'error'],
      ['unreadable', 'error'],
    ])
    for (const scenario of [...output.scenarios, output.total])
      expect(Object.keys(scenario)).toEqual(expect.arrayContaining(FIGURES))
    expect(output.total).toMatchObject({
      scenarios: 1,
      expected: 2,
      found: 2,
      missed: 0,
      spurious: 0,
      pairwiseF1: 1,
      ownerAccuracy: 1,
      changeNamed: null,
      severityAgreement: null,
      compression: 1.5,
      baseline: { found: 2, falseSplits: 1 },
    })
    const why = Object.fromEntries(output.scenarios.map((s) => [s.name, s.why]))
    expect(why['label-only']).toBe('nothing recorded: manifest-only')
    expect(why['no-label']).toMatch(/truth\.yaml or a label\.json/)
    expect(why['broken-truth']).toMatch(/not a truth\.yaml/)
  })

  it('prints a table in the width that it has, with the baseline beside it', async () => {
    const { out } = await cli(join(dir, 'many'), '--verbose')
    expect(out).toMatch(/^SCENARIO .*FOUND/)
    expect(out).toMatch(/grouped +2 +2 \| 2/)
    expect(out).toContain('error: unreadable:')
    expect(out).toContain('nothing recorded: manifest-only: label-only')
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('prints the page of the documentation', async () => {
    const { out } = await cli(join(dir, 'many/grouped'), '--format', 'markdown')
    expect(out).toMatch(/^\| SCENARIO \| EXP \| FOUND/)
    expect(out).toContain('| grouped | 2 | 2 \\| 2 |')
  })

  it.each([
    ['an empty folder', 'empty', /truth\.yaml or a label\.json/],
    ['a folder that is not there', 'nowhere', /there is no folder/],
    ['a file', 'not-json/label.json', /is a file/],
    ['Events that are none', 'not-json', /events\.json/],
  ])('fails where nothing could be evaluated: %s', async (_, path, why) => {
    const { code, output } = await json(join(dir, path))
    expect(code).toBe(1)
    expect(output.scenarios).toMatchObject([{ status: 'error', why: expect.stringMatching(why) }])
  })

  it('fails below the F1 that is asked for, and where there is none', async () => {
    expect((await cli(join(dir, 'many/grouped'), '--min-f1', '0.95')).code).toBe(0)
    const recordings = join(checkoutRoot, 'e2e/recordings')
    const none = await cli(join(recordings, 'oomkilled'), '--min-f1', '0.95')
    expect([none.code, none.warnings]).toEqual([1, [expect.stringContaining('two incidents')]])
    expect((await cli(dir, '--min-f1', 'much')).code).toBe(2)
  })

  it('reads recordings that are not gzipped, too', async () => {
    const recording = join(checkoutRoot, 'e2e/recordings/oomkilled')
    write('oomkilled/truth.yaml', readFileSync(join(recording, 'truth.yaml'), 'utf8'))
    for (const stream of ['events', 'objects']) {
      const packed = readFileSync(join(recording, `${stream}.otlp.jsonl.gz`))
      write(`oomkilled/${stream}.otlp.jsonl`, gunzipSync(packed).toString('utf8'))
    }
    const { code, output } = await json(join(dir, 'oomkilled'))
    expect(code).toBe(0)
    expect(output.scenarios[0]).toMatchObject({ name: 'oomkilled', found: 1, changeNamed: 1 })
  })
})
