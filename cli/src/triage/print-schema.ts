import { triageSchema } from './output.ts'

process.stdout.write(`${JSON.stringify(triageSchema(), null, 2)}\n`)
