import pg from 'pg'
import { asFailure } from './errors.ts'
import { WakeUp } from './wake-up.ts'

/** A connection of its own, outside the pool: what is bound to a session (locks, LISTEN) lives and dies with it. */
export class Session {
  readonly client: pg.Client
  /** Called at each notification, and when the connection is lost. */
  readonly wakeUp = new WakeUp()
  #lost: Error | undefined

  private constructor(client: pg.Client) {
    this.client = client
    client.on('notification', () => this.wakeUp.call())
    client.on('error', (error) => this.#lose(error))
    client.on('end', () => this.#lose(new Error('connection terminated')))
  }

  static async open(url: string, name: string, channel: string): Promise<Session> {
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    })
    const session = new Session(client)
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
      return session
    } catch (error) {
      await session.close()
      throw asFailure(error, `connecting as ${name}`)
    }
  }

  /** Throws when the connection is gone. */
  check(): void {
    if (this.#lost !== undefined) throw asFailure(this.#lost, 'holding a session')
  }

  async close(): Promise<void> {
    await this.client.end().catch((error: unknown) => {
      this.#lost ??= error instanceof Error ? error : new Error(String(error))
    })
  }

  #lose(error: Error): void {
    this.#lost ??= error
    this.wakeUp.call()
  }
}
