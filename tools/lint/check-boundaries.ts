import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { checkBoundaries } from './boundaries.ts'
import { readHouse } from './read-house.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'kubesift-graph-'))
try {
  const file = join(folder, 'graph.json')
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js')
  // A graph from Nx's cache would show yesterday's imports.
  const env = { ...process.env, NX_DAEMON: 'false', NX_CACHE_PROJECT_GRAPH: 'false' }
  execFileSync(process.execPath, [nx, 'graph', '--file', file], { cwd: root, env, stdio: 'pipe' })
  const house = readHouse(root, file)
  const violations = checkBoundaries(house)
  for (const { rule, where, what } of violations) console.error(`${where}: ${what} [${rule}]`)
  const imports = house.packages.reduce((sum, one) => sum + one.imports.length, 0)
  console.log(
    `${house.packages.length} packages, ${house.edges.length} dependencies, ${imports} imports: ${violations.length} broken`,
  )
  process.exitCode = violations.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
