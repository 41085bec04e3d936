import protobuf from 'protobufjs'
import { z } from 'zod'

const Field = z.object({
  id: z.int(),
  type: z.string(),
  rule: z.string().optional(),
  keyType: z.string().optional(),
})
const Method = z.object({
  requestType: z.string(),
  responseType: z.string(),
  requestStream: z.boolean().default(false),
  responseStream: z.boolean().default(false),
})

/** A package, message, enum or service as protobufjs describes it, as far as it is compared. */
interface Descriptor {
  readonly fields: Readonly<Record<string, z.infer<typeof Field>>>
  readonly oneofs: Readonly<Record<string, { readonly oneof: readonly string[] }>>
  readonly values: Readonly<Record<string, number>>
  readonly methods: Readonly<Record<string, z.infer<typeof Method>>>
  readonly nested: Readonly<Record<string, Descriptor>>
}

const Descriptor: z.ZodType<Descriptor> = z.object({
  fields: z.record(z.string(), Field).default({}),
  oneofs: z.record(z.string(), z.object({ oneof: z.array(z.string()) })).default({}),
  values: z.record(z.string(), z.int()).default({}),
  methods: z.record(z.string(), Method).default({}),
  get nested() {
    return z.record(z.string(), Descriptor).default({})
  },
})

/** The descriptor of a .proto file, without comments; types of other files stay names. */
export const describeProto = (source: string): unknown =>
  protobuf.parse(source, { keepCase: true }).root.toJSON({ keepComments: false })

/** What a client that was built from the former file would stumble over, a line each. Additions are no breaks. */
export const compareProto = (before: unknown, after: unknown): readonly string[] =>
  compare('', Descriptor.parse(before), Descriptor.parse(after))

const compare = (path: string, was: Descriptor, is: Descriptor): readonly string[] => {
  const kept = Object.keys(was.fields).filter((name) => Object.hasOwn(is.fields, name))
  return [
    ...each(path, was.fields, is.fields, fieldBreaks),
    ...each(path, groupsOf(was, kept), groupsOf(is, kept), (at, a, b) =>
      a === b ? [] : [`${at}: was in ${a}, is in ${b}`],
    ),
    ...each(path, was.values, is.values, (at, a, b) =>
      a === b ? [] : [`${at}: number was ${a}, is ${b}`],
    ),
    ...each(path, was.methods, is.methods, methodBreaks),
    ...each(path, was.nested, is.nested, compare),
  ]
}

const each = <T>(
  path: string,
  was: Readonly<Record<string, T>>,
  is: Readonly<Record<string, T>>,
  breaksOf: (path: string, was: T, is: T) => readonly string[],
): readonly string[] =>
  Object.entries(was).flatMap(([name, one]) => {
    const at = path === '' ? name : `${path}.${name}`
    const other = is[name]
    return other === undefined ? [`${at}: was removed`] : breaksOf(at, one, other)
  })

type Breaks<T> = (path: string, was: T, is: T) => readonly string[]

const fieldBreaks: Breaks<z.infer<typeof Field>> = (path, was, is) => [
  ...(was.id === is.id ? [] : [`${path}: number was ${was.id}, is ${is.id}`]),
  ...(typeText(was) === typeText(is)
    ? []
    : [`${path}: type was ${typeText(was)}, is ${typeText(is)}`]),
]

const typeText = ({ type, rule, keyType }: z.infer<typeof Field>): string =>
  keyType === undefined
    ? [...(rule === 'repeated' ? ['repeated'] : []), type].join(' ')
    : `map<${keyType}, ${type}>`

const methodBreaks: Breaks<z.infer<typeof Method>> = (path, was, is) =>
  methodText(was) === methodText(is)
    ? []
    : [`${path}: was ${methodText(was)}, is ${methodText(is)}`]

const methodText = (method: z.infer<typeof Method>): string =>
  `(${method.requestStream ? 'stream ' : ''}${method.requestType}) returns (${method.responseStream ? 'stream ' : ''}${method.responseType})`

/** Each of the fields with the group in which only one may be set; `optional` makes a group of one, which is none. */
const groupsOf = (
  { oneofs }: Descriptor,
  fields: readonly string[],
): Readonly<Record<string, string>> => {
  const groups = Object.entries(oneofs).filter(([group]) => !group.startsWith('_'))
  return Object.fromEntries(
    fields.map((name) => [
      name,
      groups.find(([, { oneof }]) => oneof.includes(name))?.[0] ?? 'no group',
    ]),
  )
}
