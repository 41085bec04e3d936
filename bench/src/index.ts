export { benchDecoder, decoderReport, decoderVariants, type DecoderWorkload } from './decoder.ts'
export {
  measureInterleaved,
  median,
  quantile,
  takeTurns,
  timesAsFast,
  type Measured,
  type RoundPlan,
  type Turn,
  type Variant,
} from './interleaved.ts'
export { capturesFolder, recordedPayloads } from './recorded-payloads.ts'
