type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** A JSON value as an OTLP AnyValue (opentelemetry/proto/common/v1): whole numbers as intValue, null as an empty value. */
const of = (value: Json): object => {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(of) } }
  return {
    kvlistValue: {
      values: Object.entries(value).map(([key, each]) => ({ key, value: of(each as Json) })),
    },
  }
}

export const anyValueOf = (value: object): object => of(value as Json)
