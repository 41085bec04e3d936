import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { afterAll, expect, test } from 'vitest'
import { createLogger, nestLogger } from './logger.ts'

const captured = (level = 'debug') => {
  const lines: Record<string, unknown>[] = []
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Record<string, unknown>)
  }
  return { lines, log: createLogger('svc', level, { write }) }
}

afterAll(() => context.disable())

test('a line inside a span carries its ids', () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const { lines, log } = captured()
  const span = trace.wrapSpanContext({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
  })
  context.with(trace.setSpan(context.active(), span), () => log.info('inside'))
  log.info('outside')
  expect(lines[0]).toMatchObject({
    name: 'svc',
    level: 'info',
    msg: 'inside',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    span_id: 'b7ad6b7169203331',
  })
  expect(lines[1]).not.toHaveProperty('trace_id')
})

test('what is called a password is not written', () => {
  const { lines, log } = captured()
  log.info({ kafka: { password: 'hunter2' } }, 'connecting')
  expect(JSON.stringify(lines)).not.toContain('hunter2')
})

test("Nest's errors keep their stack, and its chatter is for debugging", () => {
  const { lines, log } = captured()
  const nest = nestLogger(log)
  nest.log('Starting Nest application...', 'NestFactory')
  nest.error(new Error('no provider'), 'Injector')
  expect(lines[0]).toMatchObject({ level: 'debug', nest: 'NestFactory' })
  expect(lines[1]).toMatchObject({ level: 'error', msg: 'no provider', nest: 'Injector' })
  expect(JSON.stringify(lines[1])).toContain('logger.spec.ts')
})
