import { catalogueSchema, type Catalogue, type TierRule } from '@kubesift/contracts'
import { BadRules, type RuleFault } from './bad-rules.ts'
import { Names, parseRules } from './parse-rules.ts'
import { readRuleFiles } from './rule-files.ts'

/** The problem catalogue of a folder: its files in name order, as one. Throws {@link BadRules} with all faults of all files. */
export const loadCatalogue = (dir: string): Catalogue => {
  const { files, hash } = readRuleFiles(dir)
  const problems: Catalogue['problems'] = []
  const ignore: Catalogue['ignore'] = []
  const tiers: TierRule[] = []
  const faults: RuleFault[] = []
  const names = new Names()
  for (const source of files) {
    const { value, faults: found, lineOf } = parseRules(source, catalogueSchema)
    faults.push(...found)
    value?.problems.forEach(({ problem }, i) => {
      const path = ['problems', i, 'problem']
      const at = { file: source.file, path: path.join('.'), line: lineOf(path) }
      faults.push(...names.take(problem, 'problem', at))
    })
    problems.push(...(value?.problems ?? []))
    ignore.push(...(value?.ignore ?? []))
    tiers.push(...(value?.tiers ?? []))
  }
  if (faults.length > 0) throw new BadRules(dir, faults)
  return { problems, ignore, tiers, hash }
}
