import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder, MissingPrerequisite, runCommand } from '@kubesift/adapter-backing'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { withBuildLock } from './build-lock.ts'

/** The two Collectors: the agent reads a cluster, the gateway writes to Kafka. */
export type CollectorName = 'agent' | 'gateway'

export interface BuildOptions {
  /** Used for the cache only when no folder outside of it can be written. */
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: (line: string) => void
}

/** The folder of this package; the same from `src/` and from `dist/src/`. */
const packageFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url),
)

/** A file of this package that a Collector reads, such as its config. */
export const collectorFile = (name: CollectorName, file: string): string =>
  join(packageFolder, name, file)

const Manifest = z.looseObject({ dist: z.looseObject({ name: z.string(), version: z.string() }) })

/**
 * The binary of a Collector, built on first use (some minutes) and kept outside the checkout under the hash of its
 * manifest, so that a fresh clone and a second home use the same one. Two builders at once build once.
 */
export const buildCollector = async (
  name: CollectorName,
  options: BuildOptions,
): Promise<string> => {
  const text = readFileSync(collectorFile(name, 'builder.yaml'), 'utf8')
  const manifest = Manifest.parse(parse(text))
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const cache = join(cacheFolder(options.home, options.env), 'collector')
  const binary = join(cache, hash, manifest.dist.name)
  if (existsSync(binary)) return binary
  await requireGo(options)
  mkdirSync(cache, { recursive: true })
  await withBuildLock(join(cache, `${hash}.lock`), async () => {
    if (existsSync(binary)) return
    options.log(`building ${manifest.dist.name} ${manifest.dist.version}: once, some minutes`)
    await compile(name, manifest, join(cache, `${hash}.partial`), options)
    rmSync(join(cache, hash), { recursive: true, force: true })
    renameSync(join(cache, `${hash}.partial`), join(cache, hash))
  })
  return binary
}

const requireGo = async ({ env }: BuildOptions): Promise<void> => {
  const go = await runCommand('go', ['version'], { env })
  if (go.ok) return
  throw new MissingPrerequisite(
    'the Collector is built from source, once, and Go is missing: install Go 1.25 or newer and see that `go version` runs',
  )
}

/** Writes the sources into a folder, compiles there, and leaves only the binary. */
const compile = async (
  name: CollectorName,
  manifest: z.infer<typeof Manifest>,
  folder: string,
  options: BuildOptions,
): Promise<void> => {
  const { name: program, version } = manifest.dist
  const sources = join(folder, 'src')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(sources, { recursive: true })
  const own = { ...manifest, dist: { ...manifest.dist, output_path: sources } }
  writeFileSync(join(folder, 'builder.yaml'), stringify(own))
  // the agent's modules are resolved by `go build`: the builder's own `go mod tidy` asks for test dependencies that are gone
  const modules = name === 'agent' ? ['--skip-get-modules'] : []
  const builder = `go.opentelemetry.io/collector/cmd/builder@v${version}`
  const config = ['--config', join(folder, 'builder.yaml')]
  await goStep(['run', builder, ...config, '--skip-compilation', ...modules], folder, options)
  const flags = { GOFLAGS: `${options.env['GOFLAGS'] ?? ''} -mod=mod`.trim(), CGO_ENABLED: '0' }
  const build = ['build', '-trimpath', '-ldflags=-s -w', '-o', join(folder, program), '.']
  await goStep(build, sources, { ...options, env: { ...options.env, ...flags } })
  rmSync(sources, { recursive: true, force: true })
}

const goStep = async (
  args: readonly string[],
  cwd: string,
  { env }: BuildOptions,
): Promise<void> => {
  const done = await runCommand('nice', ['-n', '10', 'go', ...args], { cwd, env })
  if (done.ok) return
  const why = done.output.trim().split('\n').slice(-3).join(' | ')
  throw new MissingPrerequisite(
    `cannot build the Collector (go ${args[0] ?? ''}): ${why}; check that this machine reaches a Go module proxy, then try again`,
  )
}
