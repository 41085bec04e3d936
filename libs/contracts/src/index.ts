export { ContractViolation, DependencyUnavailable, Failure, Fenced, nextStep, type NextStep } from './failure.ts'
export { parseJson, parseValue, type Parsed } from './parse-json.ts'
export {
  DAY_MS,
  deadLetterPolicy,
  deadLetterTopicOf,
  defineTopic,
  type MessageOf,
  type TopicContract,
  type TopicPolicy,
} from './topic.ts'
