import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { terminalSvg } from './terminal-svg.ts'

/**
 * `npm run picture -- FILE.svg COLUMNS TITLE [LINES] < captured`: what a command wrote into a terminal, as a picture. Captured by
 * `script -qec 'stty cols 136; ./kubesift incidents list' /dev/null`.
 */
const [file = '', columns = '136', title = '', most = '200'] = process.argv.slice(2)
const lines = readFileSync(0, 'utf8').replaceAll('\r', '').trimEnd().split('\n')
writeFileSync(file, terminalSvg(title, lines.slice(0, Number(most)), Number(columns)))
