import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
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

/** The YAML files of a folder in name order (by code unit, so that no locale can reorder the rules); or the one file that is named. */
export const readRuleFiles = (path: string): RuleFiles => {
  try {
    const one = statSync(path).isFile()
    const names = one ? [basename(path)] : readdirSync(path).filter(isRuleFile).sort()
    if (names.length === 0) throw new BadRules(path, [{ file: path, what: 'holds no .yaml file' }])
    const files = names.map((file) => ({
      file,
      text: readFileSync(join(one ? dirname(path) : path, file), 'utf8'),
    }))
    const hash = createHash('sha256')
    for (const { text } of files) hash.update(text).update('\0')
    return { files, hash: hash.digest('hex') }
  } catch (error) {
    if (error instanceof BadRules) throw error
    throw new BadRules(path, [{ file: path, what: `cannot be read: ${reason(error)}` }])
  }
}
