import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

const hexOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)))

/** A name made of the content alone: the first 96 bits of its SHA-256, in hex. */
export const contentId = (text: string): string => hexOf(text).slice(0, 24)

/** A UUID made of the content alone (RFC 9562, version 8: SHA-256 bits under our own layout). */
export const uuidOf = (text: string): string => {
  const hex = hexOf(text)
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
