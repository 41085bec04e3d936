export { benchDecoder, decoderReport, decoderVariants, type DecoderWorkload } from './decoder.ts'
export {
  measureInterleaved,
  median,
  type Measured,
  type RoundPlan,
  type Variant,
} from './interleaved.ts'
export { capturesFolder, recordedPayloads } from './recorded-payloads.ts'
