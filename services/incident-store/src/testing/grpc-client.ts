import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import grpc from '@grpc/grpc-js'
import loader from '@grpc/proto-loader'
import { INCIDENT_PROTO, PROTO_ROOT } from '@kubesift/contracts'
import { protoPath as healthProto } from 'grpc-health-check'

/** What an answer looks like to a client that decodes with the options of our documentation. */
export type Answer = Readonly<Record<string, unknown>>

export interface ApiClient extends AsyncDisposable {
  readonly call: <A = Answer>(method: string, request: object) => Promise<A>
  /** A server stream; `answers` grows. It ends with its gRPC status. */
  readonly stream: (
    method: string,
    request: object,
  ) => {
    readonly answers: Answer[]
    readonly ended: Promise<{ readonly code: number; readonly details: string }>
    readonly cancel: () => void
  }
}

const options: loader.Options = { longs: Number, enums: String, defaults: true }

const serviceAt = (proto: string, name: string): grpc.ServiceClientConstructor => {
  let at: unknown = grpc.loadPackageDefinition(loader.loadSync(proto, options))
  for (const step of name.split('.')) at = (at as Record<string, unknown>)[step]
  return at as grpc.ServiceClientConstructor
}

const methodOf = (client: object, name: string): ((...args: unknown[]) => unknown) => {
  const method: unknown = Reflect.get(client, name)
  if (typeof method !== 'function') throw new Error(`the service has no method ${name}`)
  return (...args) => Reflect.apply(method, client, args) as unknown
}

/** A client of one service, by its full name. */
const clientOf = (url: string, proto: string, name: string): ApiClient => {
  const client = new (serviceAt(proto, name))(url, grpc.credentials.createInsecure())
  return {
    call: <A>(method: string, request: object) =>
      new Promise<A>((resolve, reject) => {
        methodOf(client, method)(request, (error: Error | null, answer: A) =>
          error === null ? resolve(answer) : reject(error),
        )
      }),
    stream: (method, request) => {
      const answers: Answer[] = []
      const stream = methodOf(client, method)(request) as grpc.ClientReadableStream<Answer>
      stream.on('data', (answer: Answer) => answers.push(answer))
      stream.on('error', () => undefined) // `status` says it too
      const ended = new Promise<grpc.StatusObject>((resolve) => stream.on('status', resolve))
      return { answers, ended, cancel: () => stream.cancel() }
    },
    [Symbol.asyncDispose]: async () => client.close(),
  }
}

interface ReflectionAnswer {
  readonly listServicesResponse: { readonly service: readonly { readonly name: string }[] }
}

export const incidentClient = (url: string): ApiClient =>
  clientOf(
    url,
    fileURLToPath(new URL(INCIDENT_PROTO, PROTO_ROOT)),
    'kubesift.incident.v1.IncidentService',
  )

export const healthClient = (url: string): ApiClient =>
  clientOf(url, healthProto, 'grpc.health.v1.Health')

/** The names of the services that reflection lists. */
export const reflected = async (url: string): Promise<readonly string[]> => {
  const home = createRequire(import.meta.url).resolve('@grpc/reflection/package.json')
  const proto = join(home, '../build/proto/grpc/reflection/v1/reflection.proto')
  const service = serviceAt(proto, 'grpc.reflection.v1.ServerReflection')
  const client = new service(url, grpc.credentials.createInsecure())
  const open = methodOf(client, 'serverReflectionInfo')
  const stream = open() as grpc.ClientDuplexStream<object, ReflectionAnswer>
  const names = await new Promise<readonly string[]>((resolve, reject) => {
    stream.on('data', (a: ReflectionAnswer) =>
      resolve(a.listServicesResponse.service.map(({ name }) => name)),
    )
    stream.on('error', reject)
    stream.write({ listServices: '*' })
  })
  stream.end()
  client.close()
  return names
}

/** A loopback address that nobody listens on. */
export const freeAddress = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(`127.0.0.1:${address.port}`)
          : reject(new Error('no port')),
      )
    })
  })
