export {
  NODE_ARGUMENTS,
  startPipeline,
  untilReady,
  type Pipeline,
  type PipelineBacking,
  type StageName,
  type StageProcess,
} from './pipeline/processes.ts'
export { differences, essence, Reader } from './pipeline/reader.ts'
export { disordered, type Disorder } from './storm/disorder.ts'
export { incidentsOfStorm } from './storm/expected.ts'
export { requestOf, type Said } from './storm/records.ts'
export { labelledStorm, type LabelledStorm, type StormShape } from './storm/storm.ts'
