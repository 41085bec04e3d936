import { ChangeFeed } from '@kubesift/adapter-postgres'
import { startGrpcServer } from '../api/grpc-server.ts'
import { aStore, type TestStore } from './a-store.ts'
import { freeAddress, incidentClient, type ApiClient } from './grpc-client.ts'

/** A served API; `errors` is what it has logged. */
interface Api extends AsyncDisposable {
  readonly store: TestStore
  readonly client: ApiClient
  readonly url: string
  readonly errors: unknown[]
}

/** The gRPC API over a store of its own, with a client. */
export const anApi = async (): Promise<Api> => {
  const store = await aStore()
  const url = await freeAddress()
  const errors: unknown[] = []
  const feed = new ChangeFeed(store.database, store.backing.databaseUrl)
  const stop = new AbortController()
  const listening = feed.run(stop.signal)
  const log = { error: (fields: object) => void errors.push(fields) }
  const server = await startGrpcServer({ url, reader: store.reader, feed, log })
  server.serving(true)
  const client = incidentClient(url)
  return {
    store,
    client,
    url,
    errors,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]()
      await server.close()
      stop.abort()
      await listening
      await store[Symbol.asyncDispose]()
    },
  }
}
