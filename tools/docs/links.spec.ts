import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, it } from 'vitest'
import { anchorsOf, linksOf, pages, root, textOf } from './pages.ts'

const broken = (page: string, link: string): string | undefined => {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)))
  if (!existsSync(join(root, target))) return `${page}: ${link} leads nowhere`
  if (anchor === undefined || statSync(join(root, target)).isDirectory()) return undefined
  return anchorsOf(textOf(target)).includes(anchor)
    ? undefined
    : `${page}: ${link} names a heading that is not there`
}

it('reads links and headings as GitHub does', () => {
  const text = '# A `b`, c\n[x](y.md#z) ![i](<a.svg>) `[no](n.md)`\n```\n[no](n.md)\n```\n'
  expect(linksOf(text)).toEqual(['y.md#z', 'a.svg'])
  expect(anchorsOf(text)).toEqual(['a-b-c'])
})

it('has no page with a link inside the repository that leads nowhere', () => {
  const all = pages().flatMap((page) => linksOf(textOf(page)).map((link) => ({ page, link })))
  const inside = all.filter(({ link }) => !/^[a-z]+:/.test(link))
  expect(inside.length).toBeGreaterThan(30)
  expect(inside.map(({ page, link }) => broken(page, link)).filter((b) => b !== undefined)).toEqual(
    [],
  )
})
