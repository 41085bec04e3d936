/** One import statement of a package's own code, as written. */
export interface Import {
  /** Path inside the package, with forward slashes. */
  readonly file: string
  readonly specifier: string
}

/** What the checker knows of one workspace package. */
export interface Package {
  readonly name: string
  /** Path from the repository's root, with forward slashes. */
  readonly root: string
  readonly tags: readonly string[]
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
  /** The subpaths that others may import: `.`, `./testing`, `./proto/*`. */
  readonly exports: readonly string[]
  /** The roots of the packages that its tsconfig references. */
  readonly references: readonly string[]
  readonly imports: readonly Import[]
  /** The files that say `export *`. */
  readonly starExports: readonly string[]
}

/** The repository as the checker sees it: the packages, and Nx's own idea of who depends on whom. */
export interface House {
  readonly packages: readonly Package[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

/** One broken rule. `where` is a file or a package, `what` says what to do about it. */
export interface Violation {
  readonly rule: string
  readonly where: string
  readonly what: string
}

/** The layer that a package's tag names. */
export const layerOf = ({ tags }: Package): string =>
  tags.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? 'none'

const TEST_FILE =
  /\.spec\.ts$|\.spec-helper\.ts$|(^|\/)(test|testing|test-kit)\/|(^|\/)testing\.ts$/

/** True for tests and for what only tests use: these may import what is declared under `devDependencies`. */
export const isTestFile = (file: string): boolean => TEST_FILE.test(file)

/** `@scope/name/sub/path` → `@scope/name` and `./sub/path`. */
export const splitSpecifier = (specifier: string): { name: string; subpath: string } => {
  const parts = specifier.split('/')
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  const rest = specifier.slice(name.length)
  return { name, subpath: `.${rest}` }
}
