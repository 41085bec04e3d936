/** A stretch of YAML that is parsed by itself, with the line of the file at which it begins. */
export interface YamlPart {
  readonly text: string
  /** 1-based. */
  readonly line: number
  /** Its number in the list that it was cut out of. */
  readonly item?: number
}

/** A document, cut into the elements of its `items` and the rest, its head; documents that cannot be cut are one part. */
export interface YamlDocument {
  readonly elements: readonly YamlPart[]
  readonly head: YamlPart
}

/** The documents of a stream: `---` at the beginning of a line can be nothing but a border (YAML 1.2, 9.1.2). */
export const yamlDocuments = (text: string): YamlDocument[] => {
  const documents: YamlDocument[] = []
  let lines: string[] = []
  let first = 1
  const close = (next: number): void => {
    if (lines.some((line) => line.trim() !== '' && !line.startsWith('#')))
      documents.push(cut(lines, first))
    lines = []
    first = next
  }
  for (const [i, line] of text.split('\n').entries()) {
    if (!/^(---|\.\.\.)(\s|$)/.test(line)) lines.push(line)
    else {
      close(i + 1)
      // what stands behind the border belongs to the document; the blanks keep its column
      lines.push(line.replace(/^(---|\.\.\.)/, '   '))
    }
  }
  close(0)
  return documents
}

/**
 * Large lists are parsed element by element: one bad element costs itself, and the parser's tree (some 50 × the text) stays small.
 * Not where anchors are used, since an alias may name an anchor of another element.
 */
const cut = (lines: readonly string[], first: number): YamlDocument => {
  const whole: YamlDocument = { elements: [], head: { text: lines.join('\n'), line: first } }
  const start = lines.findIndex((line) => /^items:\s*$/.test(line))
  const dash = /^( *)- /.exec(lines[start + 1] ?? '')?.[1]
  if (start === -1 || dash === undefined || lines.some(hasAnchor)) return whole
  const end = endOfList(lines, start + 1, dash.length)
  const head = [
    ...lines.slice(0, start),
    'items: []',
    ...Array<string>(end - start - 1).fill(''),
    ...lines.slice(end),
  ]
  return {
    elements: elementsOf(lines.slice(start + 1, end), dash.length, first + start + 1),
    head: { text: head.join('\n'), line: first },
  }
}

/** May also see one inside of a text block; then the document is merely parsed as a whole. */
const hasAnchor = (line: string): boolean => /^\s*(- )*([^\s:"']+:\s+)?[&*][^\s,]/.test(line)

const endOfList = (lines: readonly string[], start: number, column: number): number => {
  const end = lines.findIndex((line, i) => {
    if (i < start || line.trim() === '') return false
    const indent = line.length - line.trimStart().length
    return indent < column || (indent === column && line[indent] !== '-')
  })
  return end === -1 ? lines.length : end
}

const elementsOf = (lines: readonly string[], column: number, first: number): YamlPart[] => {
  const begins = lines.flatMap((line, i) =>
    line.slice(column).startsWith('- ') && line.slice(0, column).trim() === '' ? [i] : [],
  )
  return begins.map((begin, item) => ({
    text: [
      `${' '.repeat(column + 1)}${(lines[begin] ?? '').slice(column + 1)}`,
      ...lines.slice(begin + 1, begins[item + 1]),
    ].join('\n'),
    line: first + begin,
    item,
  }))
}
