import { describe, expect, test } from 'vitest'
import { checkBoundaries } from './boundaries.ts'
import type { House, Package } from './house.ts'
import { MAY_IMPORT } from './layers.ts'

const aPackage = (name: string, over: Partial<Package> = {}): Package => ({
  name: `@kubesift/${name}`,
  root: `libs/${name}`,
  tags: ['npm:private', 'layer:core'],
  dependencies: [],
  devDependencies: [],
  exports: ['.', './testing', './proto/*'],
  references: [],
  imports: [],
  starExports: [],
  ...over,
})

const contracts = aPackage('contracts', { tags: ['layer:contracts'] })

/** A package that imports contracts as it should: declared, referenced, from a file of its own. */
const signal = (over: Partial<Package> = {}): Package =>
  aPackage('signal', {
    dependencies: ['@kubesift/contracts'],
    references: ['libs/contracts'],
    imports: [
      { file: 'src/signal.ts', specifier: '@kubesift/contracts' },
      { file: 'src/signal.ts', specifier: './kind.ts' },
    ],
    ...over,
  })

const EDGE = ['@kubesift/signal', '@kubesift/contracts'] as const

const house = (over: Partial<Package> = {}, more: Partial<House> = {}): House => ({
  packages: [contracts, signal(over)],
  edges: [EDGE],
  ...more,
})

const rulesOf = (one: House): readonly string[] => checkBoundaries(one, []).map(({ rule }) => rule)

const importing = (specifier: string, file = 'src/signal.ts'): Partial<Package> => ({
  imports: [
    { file: 'src/signal.ts', specifier: '@kubesift/contracts' },
    { file, specifier },
  ],
})

test('a clean house has nothing to say', () => {
  expect(checkBoundaries(house(), [])).toEqual([])
})

describe('each rule is broken once', () => {
  test('empty-graph: a graph without packages or edges checks nothing, so it fails', () => {
    expect(rulesOf(house({}, { edges: [] }))).toEqual(['empty-graph'])
    expect(rulesOf({ packages: [], edges: [EDGE] })).toEqual(['empty-graph'])
  })

  test('blind-graph: an import that Nx does not see is one that no rule sees', () => {
    const edges = [['@kubesift/contracts', '@kubesift/elsewhere']] as const
    expect(rulesOf(house({}, { edges }))).toEqual(['blind-graph'])
  })

  test('no-layer: a package without a tag, or with one that nobody knows', () => {
    expect(rulesOf(house({ tags: ['npm:private'] }))).toContain('no-layer')
    expect(rulesOf(house({ tags: ['layer:attic'] }))).toContain('no-layer')
  })

  test('undeclared: an import that package.json does not know', () => {
    expect(rulesOf(house({ dependencies: [], references: [] }))).toEqual(['undeclared'])
  })

  test('undeclared: devDependencies are for tests', () => {
    const dev = { dependencies: [], devDependencies: ['@kubesift/contracts'] }
    expect(rulesOf(house(dev))).toEqual(['undeclared'])
    const inTest = [{ file: 'src/signal.spec.ts', specifier: '@kubesift/contracts' }]
    expect(rulesOf(house({ ...dev, imports: inTest }))).toEqual([])
  })

  test('unused-dependency: declared and not imported', () => {
    expect(rulesOf(house({ imports: [] }))).toEqual(['unused-dependency'])
  })

  test('references: tsconfig.json and package.json say the same', () => {
    expect(rulesOf(house({ references: [] }))).toEqual(['references'])
    expect(rulesOf(house({ references: ['libs/contracts', 'libs/other'] }))).toEqual(['references'])
  })

  test('deep-import: past the door of another package', () => {
    expect(rulesOf(house(importing('@kubesift/contracts/src/failure.ts')))).toEqual(['deep-import'])
    expect(rulesOf(house(importing('@kubesift/contracts/testing')))).toEqual([])
    expect(rulesOf(house(importing('@kubesift/contracts/proto/incidents.proto')))).toEqual([])
  })

  test('leaves-package: a relative path into another package', () => {
    expect(rulesOf(house(importing('../../contracts/src/failure.ts')))).toEqual(['leaves-package'])
    expect(rulesOf(house(importing('../signal.ts', 'src/deep/fold.ts')))).toEqual([])
  })

  test('own-index: the index is for others, and for tests of the door', () => {
    expect(rulesOf(house(importing('./index.ts')))).toEqual(['own-index'])
    expect(rulesOf(house(importing('@kubesift/signal')))).toEqual(['own-index'])
    expect(rulesOf(house(importing('./index.ts', 'src/signal.spec.ts')))).toEqual([])
  })

  test('export-star: an index names what it gives', () => {
    expect(rulesOf(house({ starExports: ['src/index.ts'] }))).toEqual(['export-star'])
  })

  test('technology: an npm package outside its places, or one that nobody placed', () => {
    for (const name of ['kafkajs', 'ioredis', 'typeorm', 'pg', '@nestjs/common', 'zod', 'yaml'])
      expect(rulesOf(house(importing(name))), name).toEqual(['technology'])
    expect(rulesOf(house(importing('left-pad')))).toEqual(['technology'])
    expect(rulesOf(house(importing('yaml', 'src/signal.spec.ts')))).toEqual([])
    const kafka = {
      ...importing('kafkajs'),
      name: '@kubesift/adapter-kafka',
      tags: ['layer:adapter'],
    }
    const edges = [['@kubesift/adapter-kafka', '@kubesift/contracts']] as const
    expect(rulesOf(house(kafka, { edges }))).toEqual([])
  })

  test('stale-exception: an exception that excuses nothing', () => {
    const stale = [{ from: '@kubesift/signal', to: '@kubesift/contracts', why: 'once upon a time' }]
    expect(checkBoundaries(house(), stale)).toMatchObject([{ rule: 'stale-exception' }])
  })
})

/** The table of the house style, written a second time: data walks from contracts to services, and cli. */
const TABLE: Readonly<Record<string, string>> = {
  contracts: 'contracts',
  core: 'contracts core',
  adapter: 'contracts core',
  runtime: 'contracts',
  testing: 'contracts core adapter runtime testing',
  service: 'contracts core adapter runtime',
  cli: 'contracts core adapter runtime',
}

describe('layer', () => {
  const layers = Object.keys(MAY_IMPORT)
  const pairs = layers.flatMap((from) => layers.map((to) => ({ from, to })))

  const meeting = (from: string, to: string, forTests = false): House => {
    const name = '@kubesift/imported'
    const declared = forTests ? { devDependencies: [name] } : { dependencies: [name] }
    const file = forTests ? 'src/importer.spec.ts' : 'src/importer.ts'
    const importer = aPackage('importer', {
      tags: [`layer:${from}`],
      references: ['libs/imported'],
      imports: [{ file, specifier: name }],
      ...declared,
    })
    const imported = aPackage('imported', { tags: [`layer:${to}`] })
    return { packages: [importer, imported], edges: [[importer.name, imported.name]] }
  }

  test.each(pairs)('$from → $to', ({ from, to }) => {
    const allowed = TABLE[from]?.split(' ').includes(to) === true
    expect(rulesOf(meeting(from, to))).toEqual(allowed ? [] : ['layer'])
  })

  test('tests of services, cli and adapters may use layer:testing, those below it may not', () => {
    for (const from of ['service', 'cli', 'adapter'])
      expect(rulesOf(meeting(from, 'testing', true)), from).toEqual([])
    for (const from of ['contracts', 'core', 'runtime'])
      expect(rulesOf(meeting(from, 'testing', true)), from).toEqual(['layer'])
  })

  test('an exception names one edge', () => {
    const why = 'said so'
    const excused = [{ from: '@kubesift/importer', to: '@kubesift/imported', why }]
    expect(checkBoundaries(meeting('adapter', 'adapter'), excused)).toEqual([])
  })
})
