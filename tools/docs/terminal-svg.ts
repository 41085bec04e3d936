/** What a terminal shows, as an SVG: the sequences that `cli/src/render/paint.ts` writes, and no cursor movement. */
const CELL = 8.428
const LINE = 19
const LEFT = 16
const TOP = 54

const COLOURS: Readonly<Record<string, string>> = {
  '1': 'font-weight="bold"',
  '2': 'opacity=".6"',
  '31': 'fill="#ff7b72"',
  '1;31': 'fill="#ff7b72" font-weight="bold"',
  '32': 'fill="#3fb950"',
  '33': 'fill="#d29922"',
  '36': 'fill="#39c5cf"',
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Runs of one look; two blanks or more are a gap between columns, which no font may shift. */
const textsOf = (line: string, y: number): string[] => {
  const out: string[] = []
  let [column, look] = [0, '']
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    const code = /^\u001b\[([0-9;]*)m$/.exec(part)?.[1]
    if (code !== undefined) {
      look = COLOURS[code] ?? ''
      continue
    }
    for (const [, blanks = '', text = ''] of part.matchAll(/( *)((?:[^ ]| (?! ))*)/g)) {
      const shown = text.trimEnd()
      const at = column + blanks.length
      if (shown !== '')
        out.push(
          `<text x="${(LEFT + at * CELL).toFixed(1)}" y="${y}" textLength="${(Array.from(shown).length * CELL).toFixed(1)}"${look === '' ? '' : ` ${look}`}>${escaped(shown)}</text>`,
        )
      column = at + Array.from(text).length
    }
  }
  return out
}

export const terminalSvg = (title: string, lines: readonly string[], columns: number): string => {
  const width = Math.round(2 * LEFT + columns * CELL)
  const height = TOP + lines.length * LINE
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117" stroke="#30363d"/>`,
    '<circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/><circle cx="60" cy="18" r="6" fill="#28c840"/>',
    `<text x="${Math.round(width / 2)}" y="23" fill="#8b949e" font-family="sans-serif" font-size="13" text-anchor="middle">${escaped(title)}</text>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#c9d1d9" xml:space="preserve">`,
    ...lines.flatMap((line, i) => textsOf(line, TOP + i * LINE)),
    '</g>',
    '</svg>',
  ].join('\n')}\n`
}
