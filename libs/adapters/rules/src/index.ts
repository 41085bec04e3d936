export { BadRules, type RuleFault } from './bad-rules.ts'
export { loadCatalogue } from './load-catalogue.ts'
