import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

/** A JSON Schema, as far as it is compared. */
const Schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
})
type Schema = z.infer<typeof Schema>

export interface CompareOptions {
  /**
   * Messages of the former version are read by the new one as well: a topic keeps them. False for what is only written, such as the
   * output of a command.
   */
  readonly readAgain: boolean
}

/** They say nothing about which messages are allowed. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$id',
  '$schema',
  '$comment',
  '$defs',
  'title',
  'description',
  'examples',
  'deprecated',
])
const COMPARED: ReadonlySet<string> = new Set([
  '$ref',
  'type',
  'properties',
  'required',
  'enum',
  'const',
  'items',
  'prefixItems',
  'additionalProperties',
  'propertyNames',
  'anyOf',
  'oneOf',
])

/**
 * What a reader of the former schema would stumble over in messages of the new one, a line each; with `readAgain` also what the new
 * reader would stumble over in former messages. Only one thing may change within a version: an optional field is added. Wider is
 * no better than narrower, because a reader checks what it reads.
 */
export const compareSchemas = (
  before: unknown,
  after: unknown,
  options: CompareOptions,
): readonly string[] => new Comparison(before, after, options).at('', before, after)

class Comparison {
  readonly #before: unknown
  readonly #after: unknown
  readonly #readAgain: boolean
  /** Pairs under comparison: schemas may name themselves. */
  readonly #open = new Set<string>()

  constructor(before: unknown, after: unknown, { readAgain }: CompareOptions) {
    this.#before = before
    this.#after = after
    this.#readAgain = readAgain
  }

  at(path: string, before: unknown, after: unknown): readonly string[] {
    if (typeof before === 'boolean' || typeof after === 'boolean')
      return before === after ? [] : [said(path, `was ${shown(before)}, is ${shown(after)}`)]
    const [a, b] = [Schema.parse(before), Schema.parse(after)]
    if (a.$ref === undefined && b.$ref === undefined) return this.#schema(path, a, b)
    const pair = `${a.$ref ?? path} ${b.$ref ?? path}`
    if (this.#open.has(pair)) return []
    this.#open.add(pair)
    const breaks = this.at(path, target(this.#before, a), target(this.#after, b))
    this.#open.delete(pair)
    return breaks
  }

  #schema(path: string, a: Schema, b: Schema): readonly string[] {
    return [
      ...this.#type(path, a, b),
      ...this.#values(path, a, b),
      ...this.#fields(path, a, b),
      ...this.#inner(path, a, b),
      ...this.#alternatives(path, a, b),
      ...this.#rest(path, a, b),
    ]
  }

  #type(path: string, a: Schema, b: Schema): readonly string[] {
    const [was, is] = [typesOf(a), typesOf(b)]
    return was === is ? [] : [said(path, `type was ${was}, is ${is}`)]
  }

  #values(path: string, a: Schema, b: Schema): readonly string[] {
    const [was, is] = [valuesOf(a), valuesOf(b)]
    if (was === undefined || is === undefined)
      return was === is
        ? []
        : [
            said(
              path,
              was === undefined ? 'only some values are allowed now' : 'any value is allowed now',
            ),
          ]
    return [
      ...was
        .filter((value) => !is.includes(value))
        .map((v) => said(path, `value ${v} was removed`)),
      ...is
        .filter((value) => !was.includes(value))
        .map((v) => said(path, `value ${v} is new: a reader of the former version refuses it`)),
    ]
  }

  #fields(path: string, a: Schema, b: Schema): readonly string[] {
    const [was, is] = [a.properties ?? {}, b.properties ?? {}]
    const [needed, needs] = [new Set(a.required), new Set(b.required)]
    const kept = Object.keys(was).filter((name) => Object.hasOwn(is, name))
    const isClosed = a['additionalProperties'] === false
    return [
      ...Object.keys(was)
        .filter((name) => !Object.hasOwn(is, name))
        .map((name) => said(`${path}.${name}`, 'was removed')),
      ...Object.keys(is)
        .filter((name) => !Object.hasOwn(was, name))
        .flatMap((name) => this.#added(`${path}.${name}`, needs.has(name), isClosed)),
      ...kept
        .filter((name) => needed.has(name) && !needs.has(name))
        .map((name) => said(`${path}.${name}`, 'was always there, is optional now')),
      ...kept
        .filter((name) => this.#readAgain && !needed.has(name) && needs.has(name))
        .map((name) => said(`${path}.${name}`, `was optional, is required now: ${LACKING}`)),
      ...kept.flatMap((name) => this.at(`${path}.${name}`, was[name], is[name])),
    ]
  }

  #added(path: string, isRequired: boolean, isClosed: boolean): readonly string[] {
    if (isClosed)
      return [said(path, 'is new: a reader of the former version allows no other fields')]
    return isRequired && this.#readAgain ? [said(path, `is new and required: ${LACKING}`)] : []
  }

  #inner(path: string, a: Schema, b: Schema): readonly string[] {
    const named = ['items', 'additionalProperties', 'propertyNames'] as const
    return [
      ...named.flatMap((name) => this.#both(path, name, [a[name], b[name]])),
      ...this.#tuple(path, z.array(z.unknown()).default([]).parse(a['prefixItems']), b),
    ]
  }

  #both(path: string, name: string, [was, is]: readonly [unknown, unknown]): readonly string[] {
    if (was === undefined && is === undefined) return []
    if (was === undefined || is === undefined)
      return [said(path, `${name} was ${shown(was)}, is ${shown(is)}`)]
    return this.at(
      `${path}${name === 'items' ? '[]' : name === 'propertyNames' ? '{name}' : '{}'}`,
      was,
      is,
    )
  }

  #tuple(path: string, was: readonly unknown[], b: Schema): readonly string[] {
    const is = z.array(z.unknown()).default([]).parse(b['prefixItems'])
    if (was.length !== is.length) return [said(path, `had ${was.length} places, has ${is.length}`)]
    return was.flatMap((one, i) => this.at(`${path}[${i}]`, one, is[i]))
  }

  #alternatives(path: string, a: Schema, b: Schema): readonly string[] {
    return ['anyOf', 'oneOf'].flatMap((name) => {
      const lists = z.array(z.unknown()).default([])
      return this.#matched(path, lists.parse(a[name]), lists.parse(b[name]))
    })
  }

  /** Each former alternative with the one that it became: an equal one, else the first that names the same constant, else one of its type. */
  #matched(path: string, was: readonly unknown[], is: readonly unknown[]): readonly string[] {
    const left = [...is]
    const pairs = was.map((one) => {
      const best = [
        left.findIndex((other) => this.at(path, one, other).length === 0),
        left.findIndex((other) => labelOf(other) === labelOf(one)),
      ].find((i) => i !== -1)
      return best === undefined ? undefined : left.splice(best, 1)[0]
    })
    return [
      ...was.flatMap((one, i) =>
        pairs[i] === undefined
          ? [said(path, `alternative ${labelOf(one)} was removed`)]
          : this.at(`${path}(${labelOf(one)})`, one, pairs[i]),
      ),
      ...left.map((one) =>
        said(path, `alternative ${labelOf(one)} is new: a reader of the former version refuses it`),
      ),
    ]
  }

  /** Whatever else a schema demands: bounds, patterns, formats, and words that are not known here. */
  #rest(path: string, a: Schema, b: Schema): readonly string[] {
    const names = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...names]
      .filter((name) => !ANNOTATIONS.has(name) && !COMPARED.has(name))
      .filter((name) => !isDeepStrictEqual(a[name], b[name]))
      .map((name) => said(path, `${name} was ${shown(a[name])}, is ${shown(b[name])}`))
  }
}

const LACKING = 'messages of the former version lack it'

const said = (path: string, what: string): string =>
  `${path.replace(/^\./, '') || 'the message'}: ${what}`

const shown = (value: unknown): string =>
  value === undefined ? 'not given' : JSON.stringify(value)

const typesOf = ({ type }: Schema): string =>
  type === undefined ? 'any' : [type].flat().toSorted().join(' or ')

/** The values of `enum` or `const`, as JSON. */
const valuesOf = (schema: Schema): readonly string[] | undefined => {
  if ('const' in schema) return [JSON.stringify(schema['const'])]
  const values = z.array(z.unknown()).optional().parse(schema['enum'])
  return values?.map((value) => JSON.stringify(value))
}

/** By what people tell an alternative from the others: a field with one value, or its type. */
const labelOf = (schema: unknown): string => {
  const parsed = Schema.safeParse(schema)
  if (!parsed.success) return shown(schema)
  for (const [name, field] of Object.entries(parsed.data.properties ?? {})) {
    const value = Schema.safeParse(field).data?.['const']
    if (value !== undefined) return `${name}=${JSON.stringify(value)}`
  }
  return parsed.data.$ref ?? typesOf(parsed.data)
}

const target = (root: unknown, schema: Schema): unknown => {
  if (schema.$ref === undefined) return schema
  const found = schema.$ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter((key) => key !== '')
    .reduce<unknown>(
      (node, key) =>
        typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined,
      root,
    )
  if (found === undefined) throw new Error(`${schema.$ref} leads nowhere in its schema`)
  return found
}
