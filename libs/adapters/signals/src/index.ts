export type { ReadChunk } from './decode-chunk.ts'
export {
  ChunkWriter,
  encodeBundle,
  encodeChunk,
  encodeHeadInto,
  encodeUidInto,
  type Piece,
} from './encode-chunk.ts'
export { readChunk, readSignals, SIGNALS_PROTOBUF, type SignalsRecord } from './read-signals.ts'
