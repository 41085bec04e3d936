export { analysisOf } from './analysis-of.ts'
export { diagnose, type Diagnosis } from './diagnose.ts'
export { durationWords } from './duration-words.ts'
export { clean, shellWord } from './untrusted.ts'
