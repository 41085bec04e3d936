import type { Technology } from './layers.ts'
import { TECHNOLOGIES } from './layers.ts'

const matches = ({ npm }: Technology, name: string): boolean =>
  npm.endsWith('/*') ? name.startsWith(npm.slice(0, -1)) : npm === name

/** Why the package `importer` of `layer` may not import the npm package `name` there; nothing when it may. */
export const refuseTechnology = (
  name: string,
  importer: { readonly name: string; readonly layer: string; readonly isTest: boolean },
): string | undefined => {
  const known = TECHNOLOGIES.find((technology) => matches(technology, name))
  if (known === undefined)
    return `imports ${name}: name the places that may in tools/lint/layers.ts`
  const places = importer.isTest ? [...known.where, ...(known.tests ?? [])] : known.where
  return places.includes(importer.name) || places.includes(importer.layer)
    ? undefined
    : `imports ${name}, which is for ${places.join(', ')}`
}
