import { readFileSync, writeFileSync } from 'node:fs'
import { withStatements } from './agent-statements.ts'

/** `node otel-collector/src/write-agent-config.ts` after a change of the redaction rules. */
const path = new URL('../agent/config.yaml', import.meta.url)
writeFileSync(path, withStatements(readFileSync(path, 'utf8')))
