export {
  startPipeline,
  untilReady,
  type Pipeline,
  type PipelineBacking,
  type StageName,
  type StageProcess,
} from './pipeline/processes.ts'
