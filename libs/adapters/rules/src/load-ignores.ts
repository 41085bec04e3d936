import { ignoreFileSchema } from '@kubesift/contracts'
import type { IgnoreRules } from '@kubesift/core-context'
import { BadRules, type RuleFault } from './bad-rules.ts'
import { compile } from './cel.ts'
import { Names, parseRules } from './parse-rules.ts'
import { readRuleFiles } from './rule-files.ts'

/**
 * The operators' ignore rules of a folder or of one file, compiled. Throws {@link BadRules} with all faults of all files, those of the
 * expressions among them, each with its rule's name.
 */
export const loadIgnores = (path: string): IgnoreRules => {
  const { files, hash } = readRuleFiles(path)
  const rules: IgnoreRules['rules'][number][] = []
  const faults: RuleFault[] = []
  const names = new Names()
  for (const source of files) {
    const { value, faults: found, lineOf } = parseRules(source, ignoreFileSchema)
    faults.push(...found)
    value?.ignore.forEach(({ when, until, ...rule }, i) => {
      const at = (key: string) => {
        const place = ['ignore', i, key]
        return { file: source.file, path: place.join('.'), line: lineOf(place) }
      }
      faults.push(...names.take(rule.name, 'ignore rule', at('name')))
      const compiled = compile(when)
      const end = until === undefined ? {} : { until: Date.parse(until) }
      if (compiled.ok) rules.push({ ...rule, ...end, matches: compiled.matches })
      else {
        const { file, path: where, line } = at('when')
        const what = `ignore rule "${rule.name}": ${compiled.why}`
        faults.push({ file, path: where, what, ...(line === undefined ? {} : { line }) })
      }
    })
  }
  if (faults.length > 0) throw new BadRules(path, faults)
  return { rules, hash }
}
