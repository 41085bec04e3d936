import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

const SKIPPED = new Set(['node_modules', 'dist', '.kubesift', '.nx', '.git', 'coverage'])

/** Every page of the repository, by its path from the root. */
export const pages = (): string[] =>
  globSync('**/*.md', { cwd: root, exclude: (name) => SKIPPED.has(name.split('/').at(-1) ?? '') })

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

const FENCE = /^ {0,3}(```|~~~)[\s\S]*?^ {0,3}\1\s*$/gm

/** The prose of a page: no code blocks, no code spans. */
export const proseOf = (text: string): string => text.replace(FENCE, '').replace(/`[^`\n]*`/g, '')

/** The targets of its links and images, and of the `src` of HTML images. */
export const linksOf = (text: string): string[] => [
  ...[...proseOf(text).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map((m) => m[1]!),
  ...[...proseOf(text).matchAll(/<(?:img|a)[^>]*(?:src|href)="([^"]+)"/g)].map((m) => m[1]!),
]

/** GitHub's anchors of the headings. */
export const anchorsOf = (text: string): string[] =>
  [...text.replace(FENCE, '').matchAll(/^#{1,6} +(.+?) *$/gm)].map((m) =>
    m[1]!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Puts generated text between `<!-- name -->` and `<!-- /name -->`. */
export const withSection = (text: string, name: string, section: string): string => {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`no section ${begin} … ${end} in the page`)
  return `${text.slice(0, from + begin.length)}\n\n${section}\n\n${text.slice(to)}`
}

/** A Markdown table; a `|` in a cell is escaped. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
