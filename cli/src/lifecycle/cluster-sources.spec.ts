import { expect, test } from 'vitest'
import { sourcesText } from './cluster-sources.ts'

const source = (name: string, lastSeenAt: number, count: number) => ({
  source: name,
  firstSeenAt: 0,
  lastSeenAt,
  count,
})

test('the sources of each cluster are a line, with when each was heard last', () => {
  const sources = [source('alertmanager', 60_000, 1), source('k8s_events', 118_000, 12_345)]
  expect(sourcesText([{ cluster: 'prod', at: 0, sources }], 120_000)).toEqual([
    'sources of prod: alertmanager 60s ago (1 record), k8s_events 2s ago (12,345 records)',
  ])
})

test('the name of a cluster is any text, and stays in its line', () => {
  const [line] = sourcesText(
    [
      {
        cluster: `c/\u001b[31m\n${'c'.repeat(300)}`,
        at: 0,
        sources: [source('odd\u001b[2J', 0, 1)],
      },
    ],
    0,
  )
  expect(line).toMatch(/^sources of c\/ c{80,120}…?: odd /)
  expect(line).not.toMatch(/[\u0000-\u001f]/)
})

test('what is not known is not shown as nothing', () => {
  expect(sourcesText(undefined, 0)).toEqual(['sources: not known (Kafka did not answer in time)'])
  expect(sourcesText([], 0)).toEqual([])
})
