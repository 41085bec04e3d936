import { Failure } from '@kubesift/contracts'

/** One fault of one rule file, at a place a person can go to. */
export interface RuleFault {
  readonly file: string
  /** 1-based; undefined where the fault is of the file as a whole. */
  readonly line?: number
  /** Path inside the document, e.g. `problems.3.opens.count`. */
  readonly path?: string
  readonly what: string
}

const place = (f: RuleFault): string =>
  `${f.file}${f.line === undefined ? '' : `:${f.line}`}${f.path ? ` ${f.path}` : ''}`

/** The rules cannot be used. Every fault of every file is listed, so that one edit mends them all. */
export class BadRules extends Failure {
  readonly code = 'BAD_RULES'
  readonly next = 'crash'
  readonly faults: readonly RuleFault[]

  constructor(dir: string, faults: readonly RuleFault[]) {
    const list = faults.map((f) => `  ${place(f)}: ${f.what}`).join('\n')
    super(`rules in ${dir} cannot be loaded (${faults.length}):\n${list}`, { dir, faults })
    this.faults = faults
  }
}
