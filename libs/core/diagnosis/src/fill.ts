import { clean, shellWord } from './untrusted.ts'

/** A value, or undefined where the context does not tell. */
export type Lookup = (name: string) => string | undefined

const VARIABLE = /\{([A-Za-z][A-Za-z0-9]*)\}/g
const OPTIONAL = /\[([^[\]]*)\]/g

const substitute = (template: string, lookup: Lookup): string | undefined => {
  let whole = true
  const text = template.replace(VARIABLE, (_, name: string) => {
    const value = lookup(name)
    if (value === undefined) whole = false
    return value ?? ''
  })
  return whole ? text : undefined
}

const fill = (template: string, lookup: Lookup): string | undefined => {
  // Split before substituting: a bracket inside a value must not be read as one of the template's.
  const parts = template.split(OPTIONAL)
  let text = ''
  for (const [i, part] of parts.entries()) {
    const filled = substitute(part, lookup)
    const optional = i % 2 === 1
    if (filled === undefined && !optional) return undefined
    text += filled ?? ''
  }
  return text
}

/** Prose: values are made safe to show; a name that is not known reads as "?". */
export const fillProse = (template: string, lookup: Lookup): string => {
  const shown: Lookup = (name) => {
    const value = lookup(name)
    return value === undefined ? undefined : clean(value, 300)
  }
  return fill(template, shown) ?? fill(template, (name) => shown(name) ?? '?') ?? template
}

/** A command: every value is one quoted word; undefined when a value outside of brackets is not known or cannot be quoted. */
export const fillCommand = (template: string, lookup: Lookup): string | undefined =>
  fill(template, (name) => {
    const value = lookup(name)
    return value === undefined ? undefined : shellWord(value)
  })
