/** Where the services that the tests share answer. */
export interface BackingUrls {
  readonly kafkaBrokers: string
  readonly databaseUrl: string
  readonly redisUrl: string
}

export interface SharedBacking extends BackingUrls {
  readonly stop: () => Promise<void>
}

declare module 'vitest' {
  interface ProvidedContext {
    kubesiftBacking: BackingUrls
  }
}
