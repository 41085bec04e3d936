export { type TestBacking, testBacking } from './backing.ts'
