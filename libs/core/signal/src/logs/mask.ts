import { cut } from '../pick.ts'
import { redact } from '../redact.ts'

/** What changes from line to line, and what stands for it. In this order: a time holds numbers, an address holds hex. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [
    /\b\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/g,
    '<time>',
  ],
  [/\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d\b/g, '<time>'],
  // klog: severity and date in one word, then time and thread
  [/\b([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{1,9} +\d+/g, '$1<time>'],
  [/\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?/g, '<time>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<uuid>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<ip>'],
  // IPv6, and MACs: a colon between any two parts, since parts that may follow each other can be told apart in 2^n ways
  [
    /\[?\b(?:[0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4}(?:::?[0-9a-f]{1,4}){0,7}\b\]?(?::\d{1,5}\b)?/gi,
    '<ip>',
  ],
  [/\b0x[0-9a-f]+\b/gi, '<hex>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<hex>'],
  [/"(?:[^"\\\n]|\\.)*"/g, '<str>'],
  [/(?<![\w'])'[^'\n]*'/g, '<str>'],
  [/[+-]?\d+(?:[.,]\d+)*/g, '<n>'],
]

const LOOKED_AT = 600
const KEPT = 240

/** ECMA-48: what tells a terminal a colour, and all else that begins with CSI. */
const COLOURS = /\u001b\[[0-?]{0,64}[ -/]{0,4}[@-~]/g

/** The text without the colours of a terminal, which stand in the middle of words. */
export const uncoloured = (text: string): string => text.replace(COLOURS, '')

/** What is looked at. A long line ends with a whole word: half a secret is recognised by nobody. */
const head = (line: string): string => {
  const words = uncoloured(line)
  const first = cut(words, LOOKED_AT)
  const end = words.length > LOOKED_AT ? first.search(/\s\S*$/) : -1
  return end < KEPT ? first : first.slice(0, end)
}

/** The line without what changes from one to the next. */
export const masked = (line: string): string =>
  cut(
    MASKS.reduce((left, [pattern, by]) => left.replace(pattern, by), redact(head(line)))
      .replace(/\s+/g, ' ')
      .trim(),
    KEPT,
  )

/** The line as it may be shown. */
export const shown = (line: string): string =>
  cut(redact(head(line)).replace(/\s+/g, ' ').trim(), 400)
