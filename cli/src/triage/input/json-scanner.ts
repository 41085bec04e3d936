import {
  QUOTE,
  BACKSLASH,
  NEWLINE,
  OPEN_BRACE,
  CLOSE_BRACE,
  OPEN_BRACKET,
  CLOSE_BRACKET,
  COMMA,
  COLON,
  isSpace,
} from './json-chars.ts'
import type { Span } from './json-span.ts'

/** One value is held in memory at a time; an object of Kubernetes has at most 1.5 MB, a Collector's export request some MB. */
export const MAX_VALUE_CHARS = 64 * 1024 * 1024
const MAX_DEPTH = 1024
const ITEMS = 'items'

/**
 * Cuts a stream of text into the JSON values that stand in it one after another, and a list (`[…]`, or an object with `items`) into its
 * elements, without holding more than one of them. It looks at brackets and strings only.
 *
 * What breaks the form costs the value it is in and no more: reading goes on at the next line that begins a value. A `{` or `[` may only
 * follow `[`, `,` or `:`, and a string holds no raw line break, so a line cut short is noticed at the line after it.
 */
export class JsonScanner {
  #chunk = ''
  #spans: Span[] = []
  #line = 1
  /** Open brackets, outermost first. */
  #open: number[] = []
  #inString = false
  #escaped = false
  /** The last character outside of strings that was no space; a string counts as its closing quote. */
  #before = 0
  /** Text between values, or behind a fault, up to the next line that begins with a bracket. */
  #skipping = false
  #lineStart = true
  #parts: string[] = []
  #chars = 0
  #startLine = 1
  /** Depth at which elements of a list stand; 0: no list is being read. */
  #elementDepth = 0
  #isList = false
  #item = -1
  #inElement = false
  #elementLine = 1
  #headParts: string[] = []
  #key = ''
  #lastKey = ''

  /** The spans that end in this chunk. */
  push(chunk: string): Span[] {
    this.#chunk = chunk
    this.#spans = []
    let from = 0
    for (let i = 0; i < chunk.length; i += 1) from = this.#step(i, from)
    if (this.#open.length > 0 && (this.#elementDepth === 0 || this.#inElement))
      this.#keep(chunk.slice(from))
    return this.#spans
  }

  /** What the end of the input leaves unfinished. */
  end(): Span[] {
    if (this.#open.length === 0) return []
    this.#spans = []
    this.#break('the input ends inside of it')
    return this.#spans
  }

  /** Takes one character; answers where the text that is still to be kept begins. */
  #step(i: number, from: number): number {
    const c = this.#chunk.charCodeAt(i)
    if (this.#inString) return this.#inStringStep(c, i, from)
    if (c === NEWLINE) {
      this.#line += 1
      this.#lineStart = true
      return from
    }
    if (isSpace(c)) return from
    const lineStart = this.#lineStart
    this.#lineStart = false
    return this.#open.length === 0 ? this.#outside(c, i, from, lineStart) : this.#inside(c, i, from)
  }

  #inStringStep(c: number, i: number, from: number): number {
    if (c === NEWLINE) {
      this.#break('a line break inside of a string')
      this.#line += 1
      this.#lineStart = true
      return i + 1
    }
    if (this.#escaped) this.#escaped = false
    else if (c === BACKSLASH) this.#escaped = true
    else if (c === QUOTE) {
      this.#inString = false
      this.#lastKey = this.#key
    }
    if (this.#open.length === 1 && this.#inString && this.#key.length <= ITEMS.length)
      this.#key += this.#chunk[i] ?? ''
    return from
  }

  #outside(c: number, i: number, from: number, lineStart: boolean): number {
    if (c !== OPEN_BRACE && c !== OPEN_BRACKET) {
      if (!this.#skipping) this.#spans.push({ t: 'broken', why: 'not JSON', line: this.#line })
      this.#skipping = true
      return from
    }
    // behind a fault only the beginning of a line is a safe place to go on at
    if (this.#skipping && !lineStart) return from
    this.#begin(c)
    return i
  }

  #begin(c: number): void {
    this.#skipping = false
    this.#open = [c]
    this.#before = c
    this.#parts = []
    this.#chars = 0
    this.#startLine = this.#line
    this.#isList = c === OPEN_BRACKET
    this.#headParts = this.#isList ? ['['] : []
    this.#elementDepth = this.#isList ? 1 : 0
    this.#item = -1
    this.#inElement = false
    this.#key = ''
    this.#lastKey = ''
  }

  #inside(c: number, i: number, from: number): number {
    const start = this.#enterElement(c, i, from)
    switch (c) {
      case QUOTE:
        this.#inString = true
        this.#key = ''
        this.#before = c
        return start
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return this.#openBracket(c, i, start)
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        return this.#closeBracket(c, i, start)
      case COMMA:
        this.#before = c
        return this.#atElementLevel() && this.#inElement ? this.#endElement(i, start) : start
      default:
        this.#before = c
        return start
    }
  }

  #atElementLevel(): boolean {
    return this.#elementDepth > 0 && this.#open.length === this.#elementDepth
  }

  #enterElement(c: number, i: number, from: number): number {
    if (!this.#atElementLevel() || this.#inElement || c === COMMA || c === CLOSE_BRACKET)
      return from
    this.#inElement = true
    this.#item += 1
    this.#elementLine = this.#line
    return i
  }

  #openBracket(c: number, i: number, from: number): number {
    const allowed =
      this.#before === COMMA || this.#before === COLON || this.#before === OPEN_BRACKET
    if (!allowed) {
      this.#break(`'${this.#chunk[i] ?? ''}' stands where no value can`)
      this.#begin(c)
      return i
    }
    if (this.#open.length >= MAX_DEPTH) {
      this.#break(`nested more than ${MAX_DEPTH} deep`)
      return i + 1
    }
    const isItems =
      c === OPEN_BRACKET && this.#open.length === 1 && !this.#isList && this.#lastKey === ITEMS
    this.#open.push(c)
    this.#before = c
    if (!isItems) return from
    this.#keep(this.#chunk.slice(from, i + 1))
    this.#headParts = this.#parts
    this.#parts = []
    this.#chars = 0
    this.#isList = true
    this.#elementDepth = 2
    return i + 1
  }

  #closeBracket(c: number, i: number, from: number): number {
    const top = this.#open.at(-1)
    if ((c === CLOSE_BRACE) !== (top === OPEN_BRACE)) {
      this.#break(`'${this.#chunk[i] ?? ''}' closes what it did not open`)
      return i + 1
    }
    let start = from
    if (this.#atElementLevel()) {
      if (this.#inElement) this.#endElement(i, start)
      // from here on it is the head again
      start = i
      this.#parts = this.#headParts
      this.#elementDepth = 0
    }
    this.#open.pop()
    this.#before = c
    if (this.#open.length === 0) return this.#endValue(i, start)
    if (this.#inElement && this.#atElementLevel()) return this.#endElement(i + 1, start)
    return start
  }

  #endElement(end: number, from: number): number {
    this.#keep(this.#chunk.slice(from, end))
    const place = { line: this.#elementLine, item: this.#item }
    this.#spans.push(
      this.#tooLarge()
        ? { t: 'broken', why: tooLarge, ...place }
        : { t: 'item', text: this.#take(), ...place },
    )
    this.#inElement = false
    this.#parts = []
    this.#chars = 0
    return end
  }

  #endValue(i: number, from: number): number {
    this.#keep(this.#chunk.slice(from, i + 1))
    const line = this.#startLine
    const t = this.#isList ? 'head' : 'value'
    const text = this.#take()
    this.#spans.push(this.#tooLarge() ? { t: 'broken', why: tooLarge, line } : { t, text, line })
    this.#parts = []
    return i + 1
  }

  #break(why: string): void {
    const item = this.#inElement ? { item: this.#item } : {}
    this.#spans.push({
      t: 'broken',
      why,
      line: this.#inElement ? this.#elementLine : this.#startLine,
      ...item,
    })
    this.#open = []
    this.#inString = false
    this.#escaped = false
    this.#inElement = false
    this.#parts = []
    this.#skipping = true
  }

  #keep(text: string): void {
    if (text === '') return
    this.#chars += text.length
    if (this.#tooLarge()) this.#parts = []
    else this.#parts.push(text)
  }

  #tooLarge(): boolean {
    return this.#chars > MAX_VALUE_CHARS
  }

  #take(): string {
    return this.#parts.length === 1 ? (this.#parts[0] ?? '') : this.#parts.join('')
  }
}

const tooLarge = `larger than ${MAX_VALUE_CHARS / 1024 / 1024} MB`
