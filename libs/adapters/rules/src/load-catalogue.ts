import {
  catalogueSchema,
  type Catalogue,
  type MetricRule,
  type TierRule,
} from '@kubesift/contracts'
import { BadRules, type RuleFault } from './bad-rules.ts'
import { Names, parseRules } from './parse-rules.ts'
import { readRuleFiles } from './rule-files.ts'

/** The problem catalogue of a folder: its files in name order, as one. Throws {@link BadRules} with all faults of all files. */
export const loadCatalogue = (dir: string): Catalogue => {
  const { files, hash } = readRuleFiles(dir)
  const problems: Catalogue['problems'] = []
  const ignore: Catalogue['ignore'] = []
  const alerts: NonNullable<Catalogue['alerts']> = []
  const metrics: MetricRule[] = []
  const named: { readonly problem: string; readonly at: Omit<RuleFault, 'what'> }[] = []
  const tiers: TierRule[] = []
  const faults: RuleFault[] = []
  const names = new Names()
  const metricNames = new Names()
  for (const source of files) {
    const { value, faults: found, lineOf } = parseRules(source, catalogueSchema)
    faults.push(...found)
    value?.problems.forEach(({ problem }, i) => {
      const path = ['problems', i, 'problem']
      const at = { file: source.file, path: path.join('.'), line: lineOf(path) }
      faults.push(...names.take(problem, 'problem', at))
    })
    const placeOf = (...path: [section: string, index: number, field: string]) => {
      const line = lineOf(path)
      return { file: source.file, path: path.join('.'), ...(line === undefined ? {} : { line }) }
    }
    if (value === undefined) continue
    for (const section of ['alerts', 'metrics'] as const)
      value[section]?.forEach(({ problem }, i) => {
        if (problem !== undefined) named.push({ problem, at: placeOf(section, i, 'problem') })
      })
    value.metrics?.forEach(({ name }, i) =>
      faults.push(...metricNames.take(name, 'metric rule', placeOf('metrics', i, 'name'))),
    )
    alerts.push(...(value.alerts ?? []))
    metrics.push(...(value.metrics ?? []))
    problems.push(...value.problems)
    ignore.push(...value.ignore)
    tiers.push(...(value.tiers ?? []))
  }
  const known = new Set(problems.map(({ problem }) => problem))
  for (const { problem, at } of named)
    if (!known.has(problem)) faults.push({ ...at, what: `there is no problem "${problem}"` })
  if (faults.length > 0) throw new BadRules(dir, faults)
  return { problems, ignore, tiers, alerts, metrics, hash }
}
