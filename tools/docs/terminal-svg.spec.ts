import { expect, test } from 'vitest'
import { terminalSvg } from './terminal-svg.ts'

const ESC = '\u001b'

test('a picture sets each column where the terminal has it, in its colour, and escapes what SVG would read', () => {
  const svg = terminalSvg('a < b', [`ID  ${ESC}[33mP2${ESC}[0m  one two`, '<x>'], 40)
  expect(svg).toContain('aria-label="a &lt; b"')
  expect(svg).toContain('<text x="16.0" y="54" textLength="16.9">ID</text>')
  expect(svg).toContain('<text x="49.7" y="54" textLength="16.9" fill="#d29922">P2</text>')
  expect(svg).toContain('<text x="83.4" y="54" textLength="59.0">one two</text>')
  expect(svg).toContain('<text x="16.0" y="73" textLength="25.3">&lt;x&gt;</text>')
  expect(svg).not.toContain(ESC)
})
