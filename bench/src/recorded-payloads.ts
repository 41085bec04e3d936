import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { encodeLogs } from '@kubesift/adapter-otlp'

const CAPTURES = fileURLToPath(new URL('../../../shared/data/captures/', import.meta.url))

interface RecordedRequest {
  readonly resourceLogs: readonly unknown[]
}

/** Where the recordings are looked for: `KUBESIFT_CAPTURES`, else beside the checkout. */
export const capturesFolder = (): string => process.env['KUBESIFT_CAPTURES'] ?? CAPTURES

/**
 * Recorded requests as Kafka messages: `perMessage` of them behind each other in one export request, in protobuf, as the
 * gateway's batch processor makes them. Nothing when the recordings are not there.
 *
 * They are told `passes` times, each time with other UIDs, so that a benchmark that goes round in circles does not meet the
 * same UIDs more often than a cluster would send them.
 */
export const recordedPayloads = (
  file: string,
  perMessage: number,
  passes = 1,
): readonly Uint8Array[] => {
  const folder = capturesFolder()
  if (!existsSync(folder)) return []
  const lines = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${folder}/${entry.name}/${file}`))
    .flatMap((entry) => linesOf(`${folder}/${entry.name}/${file}`))
  return Array.from({ length: passes }, (_, pass) => messagesOf(lines, perMessage, pass)).flat()
}

const messagesOf = (lines: readonly string[], size: number, pass: number): Uint8Array[] => {
  const messages: Uint8Array[] = []
  for (let i = 0; i + size <= lines.length; i += size) {
    const requests = lines.slice(i, i + size).map((line) => requestOf(line, pass))
    messages.push(encodeLogs({ resourceLogs: requests.flatMap((r) => r.resourceLogs) }))
  }
  return messages
}

const UID = /\b([0-9a-f]{8})-([0-9a-f]{4}-){3}[0-9a-f]{12}\b/g

const requestOf = (line: string, pass: number): RecordedRequest =>
  JSON.parse(line.replace(UID, (uid) => saltedUid(uid, pass))) as RecordedRequest

/** Another UID for each pass, and the same for the same. */
const saltedUid = (uid: string, pass: number): string => {
  const salt = (part: string): string =>
    ((Number.parseInt(part, 16) ^ Math.imul(pass, 0x9e3779b1)) >>> 0).toString(16).padStart(8, '0')
  return pass === 0 ? uid : `${salt(uid.slice(0, 8))}${uid.slice(8, -8)}${salt(uid.slice(-8))}`
}

const linesOf = (path: string): readonly string[] =>
  gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
