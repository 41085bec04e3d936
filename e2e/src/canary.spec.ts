import { readFileSync } from 'node:fs'
import { CANARY, CANARY_NAMESPACE } from '@kubesift/core-context'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

test('the canary has the name that the core knows, speaks each minute, and runs nothing', () => {
  const canary: unknown = parse(
    readFileSync(new URL('../../otel-collector/agent/canary.yaml', import.meta.url), 'utf8'),
  )
  expect(canary).toMatchObject({
    kind: 'CronJob',
    metadata: { name: CANARY, namespace: CANARY_NAMESPACE },
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Replace',
      jobTemplate: { spec: { suspend: true } },
    },
  })
})
