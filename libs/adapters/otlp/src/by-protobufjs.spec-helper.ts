import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')

const root = protobuf.parse(fixture('otlp-logs.proto')).root
protobuf.parse(fixture('otlp-metrics-traces.proto'), root)

const isId = (key: string): boolean => ['traceId', 'spanId', 'parentSpanId'].includes(key)

/** protobufjs's own JSON form has base64 for all bytes; OTLP's has hex for ids. */
const swapped = (request: unknown, from: 'hex' | 'base64', to: 'hex' | 'base64'): unknown =>
  JSON.parse(
    JSON.stringify(request, (key, value: unknown) =>
      isId(key) && typeof value === 'string' ? Buffer.from(value, from).toString(to) : value,
    ),
  )

/** OTLP/JSON to protobuf and back by protobufjs, of a message of the fixtures. */
export const byProtobufjs = (message: string) => {
  const type = root.lookupType(`otlp.${message}`)
  return {
    encode: (request: unknown): Uint8Array =>
      type.encode(type.fromObject(swapped(request, 'hex', 'base64') as object)).finish(),
    toJson: (bytes: Uint8Array): unknown =>
      swapped(
        type.toObject(type.decode(bytes), { longs: String, bytes: String, json: true }),
        'base64',
        'hex',
      ),
  }
}
