import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkBoundaries } from './boundaries.ts'
import { readHouse } from './read-house.ts'

const root = mkdtempSync(join(tmpdir(), 'kubesift-house-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

const node = (path: string, layer: string) => ({ data: { root: path, tags: [`layer:${layer}`] } })

test('every way to import is found on disk, none of those in comments, texts or builds', () => {
  const nodes = {
    '@kubesift/signal': node('libs/signal', 'core'),
    '@kubesift/contracts': node('libs/contracts', 'contracts'),
  }
  const dependencies = {
    '@kubesift/signal': [{ target: '@kubesift/contracts' }, { target: 'npm:zod' }],
    '@kubesift/contracts': [],
  }
  write('graph.json', JSON.stringify({ graph: { nodes, dependencies } }))
  write('libs/contracts/package.json', '{ "exports": { ".": {} } }')
  write('libs/signal/package.json', '{ "dependencies": { "@kubesift/contracts": "*" } }')
  write('libs/signal/tsconfig.json', '{ "references": [{ "path": "../contracts" }] }')
  write('libs/signal/dist/index.ts', "import '@kubesift/built'")
  write(
    'libs/signal/src/index.ts',
    [
      "import { a } from '@kubesift/contracts'",
      "import type { B } from './b.ts'",
      "export * from './star.ts'",
      "export { c } from './c.ts'",
      "export const d = await import('./d.ts')",
      "export type E = import('./e.ts').E",
      "// import { f } from './f.ts'",
      'export const g = "import { h } from \'./h.ts\'"',
    ].join('\n'),
  )
  const house = readHouse(root, join(root, 'graph.json'))
  expect(house.edges).toEqual([['@kubesift/signal', '@kubesift/contracts']])
  expect(house.packages[0]).toMatchObject({
    name: '@kubesift/signal',
    dependencies: ['@kubesift/contracts'],
    references: ['libs/contracts'],
    starExports: ['src/index.ts'],
  })
  const found = house.packages[0]?.imports.map(({ specifier }) => specifier)
  expect(new Set(found)).toEqual(
    new Set(['@kubesift/contracts', './b.ts', './star.ts', './c.ts', './d.ts', './e.ts']),
  )
  expect(checkBoundaries(house, []).map(({ rule }) => rule)).toEqual(['export-star'])
})
