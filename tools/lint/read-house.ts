import { existsSync, globSync, readFileSync } from 'node:fs'
import { posix, join } from 'node:path'
import ts from 'typescript'
import { z } from 'zod'
import type { House, Import, Package } from './house.ts'

const Names = z.record(z.string(), z.string()).default({})

const Manifest = z.object({
  dependencies: Names,
  devDependencies: Names,
  exports: z.record(z.string(), z.unknown()).default({}),
})

const Graph = z.object({
  graph: z.object({
    nodes: z.record(
      z.string(),
      z.object({ data: z.object({ root: z.string(), tags: z.array(z.string()).default([]) }) }),
    ),
    dependencies: z.record(z.string(), z.array(z.object({ target: z.string() }))),
  }),
})

/** Reads the house at `root` from what `nx graph --file` wrote. */
export const readHouse = (root: string, graphFile: string): House => {
  const { graph } = Graph.parse(JSON.parse(readFileSync(graphFile, 'utf8')))
  const names = Object.keys(graph.nodes)
  return {
    packages: Object.entries(graph.nodes).map(([name, { data }]) => readPackage(root, name, data)),
    edges: Object.entries(graph.dependencies).flatMap(([from, tos]) =>
      tos
        .filter(({ target }) => names.includes(target))
        .map(({ target }) => [from, target] as const),
    ),
  }
}

const readPackage = (
  repository: string,
  name: string,
  { root, tags }: { root: string; tags: string[] },
): Package => {
  const text = readFileSync(join(repository, root, 'package.json'), 'utf8')
  const manifest = Manifest.parse(JSON.parse(text))
  return {
    name,
    root,
    tags,
    dependencies: Object.keys(manifest.dependencies),
    devDependencies: Object.keys(manifest.devDependencies),
    exports: Object.keys(manifest.exports),
    references: readReferences(repository, root),
    imports: readImports(join(repository, root)),
  }
}

const readReferences = (repository: string, root: string): readonly string[] => {
  const file = join(repository, root, 'tsconfig.json')
  if (!existsSync(file)) return []
  const { config } = ts.readConfigFile(file, ts.sys.readFile) as { config?: unknown }
  const Config = z.object({ references: z.array(z.object({ path: z.string() })).default([]) })
  return Config.parse(config ?? {}).references.map(({ path }) => posix.join(root, path))
}

/** Read by the compiler's own scanner: static, dynamic, type and re-exporting imports, none of them in a comment. */
const readImports = (folder: string): readonly Import[] =>
  globSync('**/*.ts', {
    cwd: folder,
    exclude: (name) => /(^|[\\/])(node_modules|dist)$/.test(name),
  })
    .map((file) => file.replaceAll('\\', '/'))
    .flatMap((file) =>
      ts
        .preProcessFile(readFileSync(join(folder, file), 'utf8'), true, true)
        .importedFiles.map(({ fileName }) => ({ file, specifier: fileName })),
    )
