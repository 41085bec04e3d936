import { knownsFileSchema, type Known, type Knowns } from '@kubesift/contracts'
import { BadRules, type RuleFault } from './bad-rules.ts'
import { Names, parseRules } from './parse-rules.ts'
import { readRuleFiles } from './rule-files.ts'

/** The knowns of a folder: its files in name order, as one. Throws {@link BadRules} with all faults of all files. */
export const loadKnowns = (dir: string): Knowns => {
  const { files, hash } = readRuleFiles(dir)
  const knowns: Known[] = []
  const faults: RuleFault[] = []
  const names = new Names()
  for (const source of files) {
    const { value, faults: found, lineOf } = parseRules(source, knownsFileSchema)
    faults.push(...found)
    value?.knowns.forEach(({ name }, i) => {
      const path = ['knowns', i, 'name']
      const at = { file: source.file, path: path.join('.'), line: lineOf(path) }
      faults.push(...names.take(name, 'known', at))
    })
    knowns.push(...(value?.knowns ?? []))
  }
  if (faults.length > 0) throw new BadRules(dir, faults)
  return { knowns, hash }
}
