import { loadCatalogue } from '@kubesift/adapter-rules'
import {
  catalogueSchema,
  ignoreFileSchema,
  type EventMatch,
  type Opening,
  type ProblemRule,
  type StateMatch,
} from '@kubesift/contracts'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { anchorsOf, root, table, textOf, withSection } from './pages.ts'

const PAGE = 'docs/concepts/problems.md'
const catalogue = loadCatalogue(join(root, 'rules/problems'))

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** The largest unit that divides it; `330 s` stays `330 s`. */
const inWords = (ms: number): string => {
  const [unit, size] = UNITS.find(([, each]) => ms % each === 0) ?? ['ms', 1]
  return unit === 'd' ? `${(ms / size) * 24} h` : `${ms / size} ${unit}`
}

const opening = ({ count, span, per, pause }: Opening): string => {
  if (count === 1 && span === undefined) return 'at once'
  const times = count === 1 ? 'said' : `${count} times`
  const over = span === undefined ? '' : ` over ${inWords(span)}`
  const each = per === undefined ? '' : ' by one object'
  return times + over + each + (pause === undefined ? '' : `, paused less than ${inWords(pause)}`)
}

/** What an entry asks for in place of the problem's own. */
const ownOpening = (opens: Opening | undefined): string =>
  opens === undefined ? '' : ` (${opening(opens)})`

const stateInWords = ({ state, value, kind, restarts, for: lasts, opens }: StateMatch): string => {
  const of = kind === undefined ? '' : ` on ${kind.join('/')}`
  const after = restarts === undefined ? '' : ` after ${restarts} restarts`
  const long = lasts === undefined ? '' : ` for ${inWords(lasts)}`
  const what = value.map((v) => `\`${v}\``).join(' ')
  return `state: ${state} ${what}${of}${after}${long}${ownOpening(opens)}`
}

const eventInWords = ({ reason, type, kind, message, component }: EventMatch): string => {
  const what = reason.map((r) => (r === '*' ? 'any reason' : `\`${r}\``)).join(' ')
  const of = kind === undefined ? '' : ` on ${kind.join('/')}`
  const says = message === undefined ? '' : ` saying \`/${message}/\``
  return what + (type === undefined ? '' : ` (${type})`) + of + says + (component ?? []).join()
}

/** One line each: what is said, or seen. */
const matchedBy = (rule: ProblemRule): string =>
  [
    ...rule.events.map((match) => eventInWords(match) + ownOpening(match.opens)),
    ...rule.states.map(stateInWords),
  ]
    .map((line) => `- ${line}`)
    .join('\n')

const problems = table(
  ['problem', 'severity', 'opens', 'recovery', 'stable for', 'TTL', 'takes in'],
  catalogue.problems.map((rule) => [
    `[${rule.problem}](#${rule.problem.toLowerCase()})`,
    rule.severity,
    opening(rule.opens),
    rule.recovery,
    inWords(rule.stability),
    inWords(rule.ttl),
    rule.absorbs.join(', '),
  ]),
)

const matches = catalogue.problems
  .map((rule) => `**${rule.problem}**\n\n${matchedBy(rule)}`)
  .join('\n\n')

const ignored = table(
  ['ignored', 'why'],
  catalogue.ignore.map((rule) => [eventInWords(rule), rule.why]),
)

const alerts = table(
  ['alert', 'severity label', 'is'],
  (catalogue.alerts ?? []).map((rule) => [
    rule.name.map((name) => (name === '*' ? 'any' : `\`${name}\``)).join(' ') +
      (rule.kind === undefined ? '' : ` on ${rule.kind.join('/')}`),
    (rule.label ?? []).join(', '),
    rule.problem === undefined
      ? `ignored: ${rule.ignore ?? ''}`
      : `[${rule.problem}](#${rule.problem.toLowerCase()})${rule.severity === undefined ? '' : ` as ${rule.severity}`}`,
  ]),
)

it('shows the shipped catalogue as it is (vitest -u writes the tables)', async () => {
  const tables = { problems, matches, ignored, alerts }
  const page = Object.entries(tables).reduce(
    (text, [name, body]) => withSection(text, name, body),
    textOf(PAGE),
  )
  const options = await resolveConfig(join(root, PAGE))
  await expect(await format(page, { ...options, parser: 'markdown' })).toMatchFileSnapshot(
    join(root, PAGE),
  )
})

it('says of every problem why it is so', () => {
  const headings = anchorsOf(textOf(PAGE))
  expect(
    catalogue.problems.map((r) => r.problem.toLowerCase()).filter((p) => !headings.includes(p)),
  ).toEqual([])
})

it('publishes the JSON Schema that editors check the files by (vitest -u writes it)', async () => {
  const schema = z.toJSONSchema(catalogueSchema, { io: 'input', unrepresentable: 'any' })
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    join(root, 'rules/problems.schema.json'),
  )
})

it.each(readdirSync(join(root, 'rules/problems')))(
  'names that schema at the head of %s',
  (file) => {
    expect(textOf(join('rules/problems', file))).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/problems\.schema\.json\n/,
    )
  },
)

it('publishes the schema of ignore rules as well (vitest -u writes it)', async () => {
  const schema = z.toJSONSchema(ignoreFileSchema, { io: 'input', unrepresentable: 'any' })
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    join(root, 'rules/ignore.schema.json'),
  )
})
