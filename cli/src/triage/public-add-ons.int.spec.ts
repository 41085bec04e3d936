import { fromKube } from '@kubesift/core-signal'
import { parseAllDocuments } from 'yaml'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { of, run } from './testing.ts'

/** Dumps of other projects, which are read in place: they are not ours to publish. */
const data = fileURLToPath(new URL('../../../../shared/data/public/objects', import.meta.url))
const here = existsSync(data)
const files = (pattern: string): string[] => globSync(pattern, { cwd: data }).sort()
const read = (file: string) => of(file, readFileSync(`${data}/${file}`))

interface Webhook {
  readonly alerts?: readonly { readonly labels?: { readonly alertname?: string } }[]
}

describe.skipIf(!here)('webhooks that other projects test with', () => {
  const webhooks = files('alertmanager-webhooks/*.json').filter((f) => !f.includes('invalid'))

  it('are there', () => {
    expect(webhooks.length).toBeGreaterThan(7)
  })

  it.each(webhooks)('%s: every alert with a name and a start is read', async (file) => {
    const body = JSON.parse(readFileSync(`${data}/${file}`, 'utf8')) as Webhook
    const named = (body.alerts ?? []).filter((a) => a.labels?.alertname !== undefined)
    const { stats, incidents, ignored } = await run([read(file)])
    expect(stats.others ?? 0).toBe(named.length)
    expect(stats.records).toBe(body.alerts?.length)
    expect(incidents.length + ignored.length).toBeGreaterThan(0)
  })
})

type Loose = { readonly [key: string]: unknown }

/** Examples and expectations lack the UID that every stored object has. */
const reportsIn = (file: string): Loose[] =>
  parseAllDocuments(readFileSync(`${data}/${file}`, 'utf8'))
    .map((document) => document.toJS() as Loose | null)
    .filter((d): d is Loose => String(d?.['kind']).endsWith('Report'))
    .map((d) => ({ ...d, metadata: { name: 'x', ...(d['metadata'] as Loose), uid: 'u' } }))

const badIn = (report: Loose): number =>
  (Array.isArray(report['results']) ? (report['results'] as Loose[]) : []).filter((r) =>
    ['fail', 'warn', 'error'].includes(String(r['result'])),
  ).length

describe.skipIf(!here)('reports that other projects test with', () => {
  const all = files('{trivy,policyreports,kyverno-policyreport-asserts}/*.yaml').flatMap((file) =>
    reportsIn(file).map((report) => ({ file, report })),
  )

  it('are there', () => {
    expect(all.length).toBeGreaterThan(60)
  })

  it.each(all)('$file says what it found', ({ report }) => {
    const read = fromKube(report, { offset: 0, observedAt: 1 })
    if (!read.ok || !('signal' in read) || read.signal.t !== 'object')
      throw new Error(JSON.stringify(read))
    const found = read.signal.object.report
    const named = found?.items.filter((item) => item.of !== undefined).length ?? 0
    const bad = badIn(report)
    if (bad > 0) expect(found?.items.length).toBeGreaterThanOrEqual(Math.min(bad, 10))
    if (found?.by !== 'trivy' && named === 0 && bad <= 10) expect(found?.items.length).toBe(bad)
    for (const { id, severity } of found?.items ?? []) expect([id, severity]).not.toContain('')
  })
})
