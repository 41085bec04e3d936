import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BadRules } from './bad-rules.ts'

export interface RuleFile {
  readonly file: string
  readonly text: string
}

export interface RuleFiles {
  readonly files: readonly RuleFile[]
  /** sha256 over the texts in name order, hex. Names are left out: moving a rule set does not change what it says. */
  readonly hash: string
}

const isRuleFile = (name: string): boolean => /\.ya?ml$/.test(name) && !name.startsWith('.')

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The YAML files of a folder in name order (by code unit, so that no locale can reorder the rules). */
export const readRuleFiles = (dir: string): RuleFiles => {
  try {
    const names = readdirSync(dir).filter(isRuleFile).sort()
    if (names.length === 0) throw new BadRules(dir, [{ file: dir, what: 'holds no .yaml file' }])
    const files = names.map((file) => ({ file, text: readFileSync(join(dir, file), 'utf8') }))
    const hash = createHash('sha256')
    for (const { text } of files) hash.update(text).update('\0')
    return { files, hash: hash.digest('hex') }
  } catch (error) {
    if (error instanceof BadRules) throw error
    throw new BadRules(dir, [{ file: dir, what: `cannot be read: ${reason(error)}` }])
  }
}
