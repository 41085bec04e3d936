import { posix } from 'node:path'
import { isTestFile, layerOf, splitSpecifier } from './house.ts'
import type { House, Import, Package, Violation } from './house.ts'
import { EXCEPTIONS, MAY_IMPORT, TESTED_WITH_TESTING } from './layers.ts'
import type { Exception } from './layers.ts'
import { refuseTechnology } from './technology.ts'

type Named = ReadonlyMap<string, Package>

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
      ...checkTag(one),
      ...checkUsed(one, named),
      ...checkReferences(one, named),
      ...checkStars(one),
      ...one.imports.flatMap((use) => checkImport(one, use, named, house)),
    ]),
    ...checkLayers(house, named, exceptions),
  ]
}

const checkTag = (one: Package): readonly Violation[] => {
  const layer = layerOf(one)
  if (layer in MAY_IMPORT) return []
  const known = Object.keys(MAY_IMPORT).join(', ')
  const what = `has the layer "${layer}": tag it layer:<${known}> under nx.tags`
  return [{ rule: 'no-layer', where: one.name, what }]
}

const mayImport = (importer: Package, imported: Package): boolean => {
  const [from, to] = [layerOf(importer), layerOf(imported)]
  if (MAY_IMPORT[from]?.includes(to) === true) return true
  const forTests = importer.devDependencies.includes(imported.name)
  return to === 'testing' && forTests && TESTED_WITH_TESTING.includes(from)
}

/** The table, over Nx's edges. An exception that excuses nothing is a fault too: it would excuse the next slip. */
const checkLayers = (
  { edges }: House,
  named: Named,
  exceptions: readonly Exception[],
): readonly Violation[] => {
  const refused = edges.filter(([from, to]) => {
    const [importer, imported] = [named.get(from), named.get(to)]
    return importer !== undefined && imported !== undefined && !mayImport(importer, imported)
  })
  const excuses = (one: Exception, [from, to]: readonly [string, string]): boolean =>
    one.from === from && one.to === to
  return [
    ...refused
      .filter((edge) => !exceptions.some((one) => excuses(one, edge)))
      .map(([from, to]) => ({
        rule: 'layer',
        where: from,
        what: `imports ${to}, which its layer may not (the table is tools/lint/layers.ts)`,
      })),
    ...exceptions
      .filter((one) => !refused.some((edge) => excuses(one, edge)))
      .map(({ from, to }) => ({
        rule: 'stale-exception',
        where: from,
        what: `needs no exception for ${to} any more: take it out of tools/lint/layers.ts`,
      })),
  ]
}

const checkUsed = (one: Package, named: Named): readonly Violation[] => {
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
  const differ = (what: string): Violation => ({ rule: 'references', where: one.name, what })
  return [
    ...declared
      .filter((root) => !one.references.includes(root))
      .map((root) => differ(`its tsconfig.json does not reference ${root}, its package.json does`)),
    ...one.references
      .filter((root) => !declared.includes(root))
      .map((root) => differ(`its tsconfig.json references ${root}, its package.json does not`)),
  ]
}

const checkStars = ({ root, starExports }: Package): readonly Violation[] =>
  starExports.map((file) => ({
    rule: 'export-star',
    where: `${root}/${file}`,
    what: 'says `export *`: name what it gives',
  }))

const checkImport = (
  one: Package,
  { file, specifier }: Import,
  named: Named,
  { edges }: House,
): readonly Violation[] => {
  const where = `${one.root}/${file}`
  const broken = (rule: string, what: string): readonly Violation[] => [{ rule, where, what }]
  if (specifier.startsWith('node:')) return []
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(where), specifier)
    if (!target.startsWith(`${one.root}/`))
      return broken('leaves-package', `imports '${specifier}', a file of another package`)
    return target === `${one.root}/src/index.ts` && !isTestFile(file)
      ? broken('own-index', 'imports the index of its own package: import the file')
      : []
  }
  const { name, subpath } = splitSpecifier(specifier)
  if (name === one.name) return broken('own-index', 'imports its own package: import the file')
  const imported = named.get(name)
  if (imported === undefined) {
    const importer = { name: one.name, layer: layerOf(one), isTest: isTestFile(file) }
    const refused = refuseTechnology(name, importer)
    return refused === undefined ? [] : broken('technology', refused)
  }
  const isEdge = edges.some(([from, to]) => from === one.name && to === name)
  return [
    ...(isDeclared(one, file, name) ? [] : broken('undeclared', `imports ${name}, ${UNDECLARED}`)),
    ...(imported.exports.some((given) => posix.matchesGlob(subpath, given))
      ? []
      : broken('deep-import', `imports '${specifier}': it gives ${imported.exports.join(', ')}`)),
    ...(isEdge ? [] : broken('blind-graph', `imports ${name}, and Nx does not see it`)),
  ]
}

const UNDECLARED = 'which its package.json does not declare ("devDependencies" are for tests)'

const isDeclared = (one: Package, file: string, name: string): boolean =>
  one.dependencies.includes(name) || (isTestFile(file) && one.devDependencies.includes(name))
