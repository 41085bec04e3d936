import { createServer } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import { readJsonFile, writeJsonFile } from './json-file.ts'
import { MissingPrerequisite } from './missing-prerequisite.ts'

/** Below the range that Linux hands to outgoing connections (32768 and up), so that none of those takes a port of ours. */
const FIRST = 20_000
const LAST = 31_999

const Remembered = z.record(z.string(), z.number().int())

/** Whether a server may listen there now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)))
  })

/** The ports of one home: chosen once, then the same at each start for as long as nobody else took them. */
export class PortBook {
  readonly #file: string
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #ports: Record<string, number>

  constructor(home: string, env: Readonly<Record<string, string | undefined>>) {
    this.#file = join(home, 'ports.json')
    this.#env = env
    this.#ports = readJsonFile(this.#file, Remembered) ?? {}
  }

  /**
   * A free port under this name. `KUBESIFT_<NAME>_PORT` asks for a certain one, and it is an error when that is taken.
   * `heldByUs`: the service that has it is alive and will be adopted.
   */
  async claim(name: string, heldByUs = false): Promise<number> {
    const held = heldByUs ? this.#ports[name] : undefined
    if (held !== undefined) return held
    const wanted = this.#wanted(name)
    if (wanted !== undefined) return this.#keep(name, await this.#must(name, wanted))
    const remembered = this.#ports[name]
    if (remembered !== undefined && (await isFree(remembered))) return remembered
    return this.#keep(name, await this.#anyFree())
  }

  /** What was claimed under this name, now or in an earlier run. */
  remembered(name: string): number | undefined {
    return this.#ports[name]
  }

  #wanted(name: string): number | undefined {
    const text = this.#env[variableFor(name)]
    if (text === undefined || text === '') return undefined
    const port = Number(text)
    if (Number.isInteger(port) && port > 0 && port < 65_536) return port
    throw new MissingPrerequisite(`${variableFor(name)}=${text} is not a port number (1 to 65535)`)
  }

  async #must(name: string, port: number): Promise<number> {
    if (await isFree(port)) return port
    throw new MissingPrerequisite(
      `port ${port} (${variableFor(name)}) is in use by another program: stop that one, or choose another port`,
    )
  }

  async #anyFree(): Promise<number> {
    const taken = new Set(Object.values(this.#ports))
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1))
      if (!taken.has(port) && (await isFree(port))) return port
    }
    throw new MissingPrerequisite(`no free port between ${FIRST} and ${LAST} on 127.0.0.1`)
  }

  #keep(name: string, port: number): number {
    this.#ports[name] = port
    writeJsonFile(this.#file, this.#ports)
    return port
  }
}

const variableFor = (name: string): string =>
  `KUBESIFT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_PORT`
