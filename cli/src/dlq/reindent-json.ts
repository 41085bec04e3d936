/** All but texts, whose ends are looked for: a pattern would overflow its stack on a long one. */
const TOKEN = /[{}[\],:"]|[^\s{}[\],:"]+/g

/**
 * The lines of a JSON text, indented, or nothing when it is none. Every name, text and number stands as it was written: parsed and printed
 * again, large numbers would change and repeated names vanish.
 */
export const reindentJson = (text: string): readonly string[] | undefined => {
  if (!isJson(text)) return undefined
  const lines: string[] = []
  let line = ''
  let depth = 0
  const newLine = (): void => {
    lines.push(line)
    line = '  '.repeat(depth)
  }
  let before = ''
  for (const token of tokensOf(text)) {
    const opened = before === '{' || before === '['
    const closes = token === '}' || token === ']'
    if (closes) depth -= 1
    if (opened !== closes) newLine()
    line += token === ':' ? ': ' : token
    if (token === '{' || token === '[') depth += 1
    if (token === ',') newLine()
    before = token
  }
  return [...lines, line]
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // what it is instead is for the caller to find out
  }
}

const tokensOf = function* (json: string): Generator<string> {
  for (let at = 0; ;) {
    TOKEN.lastIndex = at
    const [found] = TOKEN.exec(json) ?? []
    if (found === undefined) return
    const from = TOKEN.lastIndex - found.length
    at = found === '"' ? endOfText(json, from) : TOKEN.lastIndex
    yield json.slice(from, at)
  }
}

/** Behind the closing quote of the text that begins here: the first with an even number of backslashes before it. */
const endOfText = (json: string, from: number): number => {
  for (let end = from; ;) {
    end = json.indexOf('"', end + 1)
    let slashes = 0
    while (json[end - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return end + 1
  }
}
