// In JSON text: an escaped NUL or surrogate. An escaped backslash before it gives a false alarm, which only costs time.
const suspicious = /\\u(0000|d[89a-f])/i

const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value

/**
 * The same document with what Postgres cannot keep (NUL, half a surrogate pair) replaced by U+FFFD. Text from a cluster is untrusted:
 * one such character must not send a whole incident to the dead letters.
 */
export const storable = <T extends object>(document: T): T => {
  const text = JSON.stringify(document)
  if (!suspicious.test(text)) return document
  return JSON.parse(JSON.stringify(document, plain)) as T
}
