import { posix } from 'node:path'
import { isTestFile, splitSpecifier } from './house.ts'
import type { House, Import, Package, Violation } from './house.ts'
import { EXCEPTIONS, MAY_IMPORT, TESTED_WITH_TESTING } from './layers.ts'
import type { Exception } from './layers.ts'
import { refuseTechnology } from './technology.ts'

type Named = ReadonlyMap<string, Package>

const layerOf = ({ tags }: Package): string | undefined =>
  tags.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length)

/** Every broken boundary of the house. Says first when there is nothing to check, because then every rule would pass. */
export const checkBoundaries = (
  house: House,
  exceptions: readonly Exception[] = EXCEPTIONS,
): readonly Violation[] => {
  if (house.packages.length === 0 || house.edges.length === 0) {
    const what = 'Nx sees no packages or no dependencies between them, so nothing can be checked'
    return [{ rule: 'empty-graph', where: 'nx graph', what }]
  }
  const named: Named = new Map(house.packages.map((one) => [one.name, one]))
  return [
    ...house.packages.flatMap((one) => [
      ...checkLayer(one),
      ...checkDeclared(one, named),
      ...checkReferences(one, named),
      ...one.imports.flatMap((use) => checkImport(one, use, named, house)),
    ]),
    ...checkEdges(house, named, exceptions),
  ]
}

const checkLayer = (one: Package): readonly Violation[] => {
  const layer = layerOf(one)
  if (layer !== undefined && layer in MAY_IMPORT) return []
  const known = Object.keys(MAY_IMPORT).join(', ')
  const what = `tag it "layer:<one of ${known}>" under nx.tags, not ${layer ?? 'nothing'}`
  return [{ rule: 'no-layer', where: one.name, what }]
}

/** The table, over Nx's edges. */
const checkEdges = (
  { edges }: House,
  named: Named,
  exceptions: readonly Exception[],
): readonly Violation[] => {
  const refused = edges.flatMap(([from, to]): Violation[] => {
    const [importer, imported] = [named.get(from), named.get(to)]
    if (importer === undefined || imported === undefined || mayImport(importer, imported)) return []
    const what = `${layerOf(importer) ?? '?'} may not import ${to} (${layerOf(imported) ?? '?'})`
    return [{ rule: 'layer', where: from, what }]
  })
  const isExcepted = ({ where, what }: Violation): boolean =>
    exceptions.some(({ from, to }) => from === where && what.includes(`import ${to} (`))
  const unused = exceptions.filter(
    ({ from, to }) =>
      !refused.some((one) => one.where === from && one.what.includes(`import ${to} (`)),
  )
  return [
    ...refused.filter((one) => !isExcepted(one)),
    ...unused.map(({ from, to }) => ({
      rule: 'stale-exception',
      where: from,
      what: `nothing needs the exception for ${to} any more: take it out of layers.ts`,
    })),
  ]
}

const mayImport = (importer: Package, imported: Package): boolean => {
  const [from, to] = [layerOf(importer) ?? '', layerOf(imported) ?? '']
  if (MAY_IMPORT[from]?.includes(to)) return true
  const forTests = importer.devDependencies.includes(imported.name)
  return to === 'testing' && forTests && TESTED_WITH_TESTING.includes(from)
}

const checkDeclared = (one: Package, named: Named): readonly Violation[] => {
  const used = new Set(one.imports.map(({ specifier }) => splitSpecifier(specifier).name))
  return [...one.dependencies, ...one.devDependencies]
    .filter((name) => named.has(name) && !used.has(name))
    .map((name) => ({
      rule: 'unused-dependency',
      where: one.name,
      what: `declares ${name} and imports nothing of it: take it out of package.json and tsconfig.json`,
    }))
}

/** `tsc -b` builds by references, npm links by dependencies: the two lists are one list. */
const checkReferences = (one: Package, named: Named): readonly Violation[] => {
  const declared = [...one.dependencies, ...one.devDependencies].flatMap(
    (name) => named.get(name)?.root ?? [],
  )
  const differ = (what: string) => ({ rule: 'references', where: one.name, what })
  return [
    ...declared
      .filter((root) => !one.references.includes(root))
      .map((root) => differ(`its tsconfig.json does not reference ${root}, its package.json does`)),
    ...one.references
      .filter((root) => !declared.includes(root))
      .map((root) => differ(`its tsconfig.json references ${root}, its package.json does not`)),
  ]
}

const checkImport = (
  one: Package,
  { file, specifier }: Import,
  named: Named,
  { edges }: House,
): readonly Violation[] => {
  const where = `${one.root}/${file}`
  const broken = (rule: string, what: string): readonly Violation[] => [{ rule, where, what }]
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(where), specifier))
    if (!target.startsWith(`${one.root}/`))
      return broken('leaves-package', `imports '${specifier}', a file of another package`)
    return target === `${one.root}/src/index.ts` && !isTestFile(file)
      ? broken('own-index', 'imports its own index: import the file')
      : []
  }
  const { name, subpath } = splitSpecifier(specifier)
  if (specifier.startsWith('node:')) return []
  const imported = named.get(name)
  const declared = isTestFile(file)
    ? [...one.dependencies, ...one.devDependencies]
    : one.dependencies
  if (imported === undefined) {
    const importer = { name: one.name, layer: layerOf(one) ?? '', isTest: isTestFile(file) }
    const refused = refuseTechnology(name, importer)
    return refused === undefined ? [] : broken('technology', refused)
  }
  if (name === one.name)
    return broken('own-index', 'imports its own package by name: import the file')
  if (!declared.includes(name))
    return broken(
      'undeclared',
      `imports ${name}, which is not under "dependencies" of its package.json`,
    )
  if (!imported.exports.some((given) => posix.matchesGlob(subpath, given)))
    return broken(
      'deep-import',
      `imports '${specifier}': ${name} gives ${imported.exports.join(', ')}`,
    )
  return edges.some(([from, to]) => from === one.name && to === name)
    ? []
    : broken('blind-graph', `imports ${name}, and Nx does not see it`)
}
