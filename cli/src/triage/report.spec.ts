import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { paintFor } from '../render/paint.ts'
import { triageSchema, type TriageOutput } from './output.ts'
import { RejectionLog } from './rejections.ts'
import { triageReport } from './report.ts'
import { event, list, of, pathOf, recorded, run } from './testing.ts'

const outlineOf = ({ incidents, ignored }: TriageOutput): unknown[] => [
  incidents.map((i) => [
    i.id,
    i.status,
    i.severity,
    i.occurrenceCount,
    i.firstSeenAt,
    i.lastSeenAt,
    i.cause,
  ]),
  ignored,
]

describe('golden outputs', () => {
  it.each([
    ['crashloop-bad-rollout', ['kubectl-events.json.gz']],
    ['oomkilled', ['events.otlp.jsonl.gz', 'objects.otlp.jsonl.gz']],
  ])('%s', async (scenario, files) => {
    const inputs = files.map((file) => recorded(`${scenario}/${file}`))
    const output = await run(inputs)
    await expect(`${JSON.stringify(output, null, 2)}\n`).toMatchFileSnapshot(
      `golden/${scenario}.json.golden`,
    )
    const now = Math.max(...output.incidents.map((i) => Date.parse(i.lastSeenAt)))
    const report = triageReport(output, {
      columns: 140,
      paint: paintFor({ stdout: {}, env: {} }),
      now,
      all: true,
    })
    await expect(`${report.join('\n')}\n`).toMatchFileSnapshot(`golden/${scenario}.txt.golden`)
    // the order of the inputs says nothing
    expect(outlineOf(await run(inputs.toReversed()))).toEqual(outlineOf(output))
  })
})

describe('the report', () => {
  it('makes hostile text harmless, everywhere', async () => {
    const evil = '\u001b[2J\u202e\u0007\nevil'
    const output = await run([
      of(
        evil,
        list(
          event('e1', {
            reason: `BackOff`,
            message: `Back-off restarting failed container ${evil}`,
          }),
          event('e2', {
            reason: `Odd${evil}`,
            message: evil.repeat(500),
            involvedObject: { kind: `Pod${evil}`, name: evil, namespace: evil },
          }),
        ),
      ),
    ])
    for (const columns of [40, 100, 200]) {
      const lines = triageReport(output, {
        columns,
        paint: paintFor({ stdout: {}, env: {} }),
        now: 0,
        all: true,
      })
      expect(lines.length).toBeGreaterThan(5)
      for (const line of lines)
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/)
    }
  })

  it('explains the marks of the counts only where there is room for counts', async () => {
    const output = await run([recorded('probes-failing/kubectl-events.json.gz')])
    const at = (columns: number) =>
      triageReport(output, {
        columns,
        paint: paintFor({ stdout: {}, env: {} }),
        now: 0,
        all: false,
      }).join('\n')
    expect(at(120)).toContain('count: + at least')
    expect(at(60)).not.toContain('count: ')
  })

  const reported = (output: TriageOutput): string =>
    triageReport(output, {
      columns: 140,
      paint: paintFor({ stdout: {}, env: {} }),
      now: 0,
      all: false,
    }).join('\n')

  it('says of how many open incidents it shows no details', async () => {
    const four = await run([recorded('imagepull-bad-tag/kubectl-events.json.gz')])
    expect(reported(four)).toContain('… and the same of 1 more open incident: --format yaml has it')
    const one = await run([recorded('crashloop-bad-rollout/kubectl-events.json.gz')])
    expect(reported(one)).not.toContain('… and the same')
  })

  it('says which advice changes the cluster', async () => {
    const text = reported(await run([recorded('failed-scheduling/kubectl-events.json.gz')]))
    const advice = text
      .replace(/\s+/g, ' ')
      .split('→ ')
      .slice(1)
      .map((line) => line.split('$ '))
    expect(advice.length).toBeGreaterThan(3)
    for (const [says = '', command = ''] of advice)
      expect(says.includes('(changes the cluster)')).toBe(
        / (set|edit|undo|delete) /.test(command.split(' P2 ')[0]!),
      )
  })

  it('does not call it quiet where all that was read was passed over', async () => {
    const over = { type: 'BOOKMARK', object: { kind: 'Event' } }
    const text = reported(await run([of('f', JSON.stringify(over))]))
    expect(text).toContain('Nothing could be read: 1 record was skipped')
    expect(text).not.toContain('No incidents')
  })

  it('as of a moment before it all there is no incident', async () => {
    const dump = recorded('crashloop-bad-rollout/kubectl-events.json.gz')
    const { incidents } = await run([dump], { now: Date.UTC(2026, 10, 20) })
    expect(incidents).toEqual([])
  })

  it('tells of the first twenty rejected items and how many more there are', () => {
    const lines: string[] = []
    const log = new RejectionLog((line) => lines.push(line))
    for (let item = 0; item < 50; item += 1)
      log.add({ place: { source: 'f', line: item, item }, why: 'x\u001b[2J' })
    log.end(50)
    expect(lines).toHaveLength(21)
    expect(lines[0]).toBe('rejected: f, line 0, items[0]: x')
    expect(lines.at(-1)).toBe('… and 30 more')
  })
})

describe('the published schema', () => {
  it('is the one that the output is checked by', () => {
    const published: unknown = JSON.parse(
      readFileSync(pathOf('docs/contracts/triage.schema.json'), 'utf8'),
    )
    // after a change, and then `prettier --write`:
    // node --conditions=source -p "JSON.stringify(require('./cli/src/triage/output.ts').triageSchema())" > docs/contracts/triage.schema.json
    expect(published).toEqual(triageSchema())
  })
})
