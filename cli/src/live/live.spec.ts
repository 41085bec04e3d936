import { describe, expect, it } from 'vitest'
import type { Followed } from '../api/follow.ts'
import { incidentSchema, type ApiIncident } from '../api/wire.ts'
import { widthOf } from '../render/cells.ts'
import { paintFor } from '../render/paint.ts'
import { Board } from './board.ts'
import { liveTable } from './live-table.ts'
import { Screen } from './screen.ts'

const incident = (more: Partial<ApiIncident> = {}): ApiIncident => ({
  ...incidentSchema.parse({
    id: 'aaaaaaaa-1',
    key: 'k',
    revision: '1',
    episode: 1,
    previousId: '',
    mergedIntoId: '',
    cluster: 'demo',
    namespace: 'shop',
    resourceKind: 'Deployment',
    resourceName: 'checkout',
    problem: 'CrashLoop',
    title: 'it crashes',
    severity: 'P1',
    severityTerms: [],
    status: 'OPEN',
    reopenCount: 0,
    occurrenceCount: '3',
    countQuality: 'exact',
    reasons: [],
    firstSeenAt: { seconds: '1000', nanos: 0 },
    lastSeenAt: null,
    openedAt: null,
    group: 'g',
    objects: [],
    objectsTotal: 0,
    changes: [],
    evidence: [],
    notes: [],
    contextVersion: '',
  }),
  ...more,
})

const none = paintFor({ stdout: {}, env: {} })
const view = { columns: 100, rows: 24, paint: none, now: 1_060_000, footer: ['stop: Ctrl-C'] }

describe('Board', () => {
  it('takes only newer states', () => {
    const board = new Board()
    expect(board.changed(incident({ revision: 2 }))).toBe(true)
    expect(board.changed(incident({ revision: 2 }))).toBe(false)
    expect(board.changed(incident({ revision: 1 }))).toBe(false)
    expect(board.all([incident({ revision: 1 })])).toEqual([])
    expect(board.get('aaaaaaaa-1')?.revision).toBe(2)
  })

  it('shows what is open first, counts both, and says when it is not up to date', () => {
    const board = new Board()
    board.all([
      incident({ id: 'b', status: 'resolved', resourceName: 'healed' }),
      incident({ id: 'c', severity: 'P2', resourceName: 'second' }),
      incident({ id: 'a', resourceName: 'first' }),
    ])
    const lines = board.lines({ ...view, away: 'no answer' })
    expect(lines[0]).toBe('2 open, 1 resolved')
    const text = lines.join('\n')
    expect(text.indexOf('first')).toBeLessThan(text.indexOf('second'))
    expect(text.indexOf('second')).toBeLessThan(text.indexOf('healed'))
    expect(text).toContain('60s')
    expect(text).toContain('not up to date: no answer')
  })

  it('says how many there is no room for, with one line each and with two', () => {
    const board = new Board()
    board.all(Array.from({ length: 30 }, (_, i) => incident({ id: `i${i}` })))
    for (const columns of [60, 200]) {
      const lines = board.lines({ ...view, columns })
      const shown = lines.filter((line) => /^i\d+ /.test(line)).length
      expect(lines).toContain(`… ${30 - shown} more: ./kubesift incidents list`)
    }
  })

  it('names the cluster also where those of the others are out of sight', () => {
    const board = new Board()
    board.all([incident(), incident({ id: 'b', cluster: 'other', status: 'resolved' })])
    expect(board.lines({ ...view, rows: 7 }).join('\n')).toMatch(/CLUSTER[\s\S]*demo/)
  })

  it.each([8, 24, 60])('is never higher than %i lines or wider than the terminal', (rows) => {
    const board = new Board()
    board.all(
      Array.from({ length: 200 }, (_, i) =>
        incident({ id: `i${i}`, title: '\u001b[2Jx\n'.repeat(50) }),
      ),
    )
    for (const columns of [40, 100, 180]) {
      const lines = board.lines({ ...view, rows, columns })
      expect(lines.length).toBeLessThan(rows)
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns)
      expect(lines.join('')).not.toContain('\u001b')
    }
  })
})

describe('Screen', () => {
  it('draws over its former self in one update, and gives the cursor back', () => {
    let out = ''
    const screen = new Screen({ write: (text) => (out += text) })
    screen.draw(['a', 'b'])
    expect(out).toBe('\u001b[?2026h\u001b[?25l\r\u001b[2Ka\n\u001b[2Kb\n\u001b[J\u001b[?2026l')
    out = ''
    screen.draw(['c'])
    expect(out).toBe('\u001b[?2026h\u001b[2A\r\u001b[2Kc\n\u001b[J\u001b[?2026l')
    out = ''
    screen.end()
    expect(out).toBe('\u001b[?25h')
  })
})

const run = async (changes: readonly Followed[], isTTY: boolean): Promise<string> => {
  let out = ''
  const stdout = { isTTY, columns: 120, rows: 20, write: (text: string) => (out += text) !== '' }
  const stream = async function* (): AsyncGenerator<Followed> {
    yield* changes
  }
  await liveTable({
    changes: stream(),
    context: {
      stdout: stdout as unknown as NodeJS.WriteStream,
      env: {},
      now: () => 1_060_000,
      signal: new AbortController().signal,
      print: (line) => (out += `${line}\n`),
    },
    keep: ({ cluster }) => cluster === 'demo',
    footer: ['stop: Ctrl-C'],
  })
  return out
}

describe('liveTable', () => {
  const explained = incident({ revision: 3, status: 'resolved' })
  const changes: Followed[] = [
    { t: 'all', incidents: [incident(), incident({ id: 'other', cluster: 'another' })] },
    { t: 'changed', incident: incident({ revision: 2, occurrenceCount: 9 }) },
    { t: 'away', why: 'no answer' },
    { t: 'back' },
    { t: 'changed', incident: explained },
    { t: 'changed', incident: explained },
  ]

  it('appends a line per change that matters where there is no terminal', async () => {
    expect((await run(changes, false)).trim().split('\n')).toEqual([
      'stop: Ctrl-C',
      '1970-01-01T00:17:40Z aaaaaaaa P1 open shop/Deployment/checkout CrashLoop (3×): it crashes',
      'not up to date: no answer',
      'up to date again',
      '1970-01-01T00:17:40Z aaaaaaaa P1 resolved shop/Deployment/checkout CrashLoop (3×): it crashes',
    ])
  })

  it('ends with the last state on a terminal', async () => {
    const out = await run(changes, true)
    const last = out.slice(out.lastIndexOf('\u001b[?2026h'))
    expect(last).toContain('0 open, 1 resolved')
    expect(last).not.toContain('another')
    expect(out.endsWith('\u001b[?25h')).toBe(true)
  })
})
