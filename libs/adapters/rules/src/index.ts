export { BadRules, type RuleFault } from './bad-rules.ts'
export { loadCatalogue } from './load-catalogue.ts'
export { loadKnowns } from './load-knowns.ts'
