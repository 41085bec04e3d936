import { existsSync, globSync, readFileSync } from 'node:fs'
import { posix, join } from 'node:path'
import ts from 'typescript'
import { z } from 'zod'
import type { House, Package } from './house.ts'

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
    ...readCode(join(repository, root)),
  }
}

const Config = z.object({ references: z.array(z.object({ path: z.string() })).default([]) })

const readReferences = (repository: string, root: string): readonly string[] => {
  const file = join(repository, root, 'tsconfig.json')
  if (!existsSync(file)) return []
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as {
    config?: unknown
  }
  return Config.parse(config ?? {}).references.map(({ path }) => posix.join(root, path))
}

type Code = Pick<Package, 'imports' | 'starExports'>

/** Read by the compiler's own scanner: static, dynamic, type and re-exporting imports, none of them in a comment. */
const readCode = (folder: string): Code => {
  const exclude = (name: string): boolean => /(^|[\\/])(node_modules|dist)$/.test(name)
  const files = globSync('**/*.ts', { cwd: folder, exclude }).map((path) => ({
    file: path.replaceAll('\\', '/'),
    text: readFileSync(join(folder, path), 'utf8'),
  }))
  return {
    imports: files.flatMap(({ file, text }) =>
      ts
        .preProcessFile(text, true, true)
        .importedFiles.map(({ fileName }) => ({ file, specifier: fileName })),
    ),
    starExports: files.filter(({ text }) => /^export \* from/m.test(text)).map(({ file }) => file),
  }
}
