export { BadRules, type RuleFault } from './bad-rules.ts'
export { loadCatalogue } from './load-catalogue.ts'
export { loadIgnores } from './load-ignores.ts'
export { loadKnowns } from './load-knowns.ts'
