// Answers by its exit code whether node_modules is what the lockfile says, so that a checkout whose owner ran npm
// himself is not installed again. npm writes node_modules/.package-lock.json last, so a half-finished install has none.
// Runs on any Node from 18: plain JavaScript, nothing imported that needs installing.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ version?: string, resolved?: string, optional?: boolean, devOptional?: boolean }} Entry */

const folder = process.argv[2] ?? '.'

/** @param {string} path */
const read = (path) => {
  const text = readFileSync(join(folder, path), 'utf8')
  return /** @type {{ packages: Record<string, Entry> }} */ (JSON.parse(text)).packages
}

const inSync = () => {
  if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) return false
  const installed = read('node_modules/.package-lock.json')
  return Object.entries(read('package-lock.json')).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true
    const found = installed[path]
    // an optional package for another platform is left out on purpose
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true
    return (
      found.version === wanted.version &&
      found.resolved === wanted.resolved &&
      existsSync(join(folder, path))
    )
  })
}

process.exit(inSync() ? 0 : 1)
