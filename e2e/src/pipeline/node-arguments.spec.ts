import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { NODE_ARGUMENTS } from './processes.ts'

const text = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8')

it('starts the stages with the arguments of the image, and so does kubesift up', () => {
  const json = JSON.stringify(['node', ...NODE_ARGUMENTS, 'service/dist/main.js'])
  expect(text('deploy/images/Dockerfile')).toContain(`CMD ${json.replaceAll(',', ', ')}`)
  const list = NODE_ARGUMENTS.map((argument) => `'${argument}'`).join(', ')
  expect(text('cli/src/supervisor/service-units.ts')).toContain(`NODE_ARGUMENTS = [${list}]`)
})
