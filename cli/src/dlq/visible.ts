/** Whatever could steer a terminal, begin a line, turn text or hide in it (CVE-2021-42574): controls, formats, separators, halves of pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const escaped = (found: string): string =>
  Array.from(
    { length: found.length },
    (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('')

/** One line of text that came from anywhere, with every character that cannot be seen written as `\uXXXX`: inside JSON that is the same text. */
export const visible = (text: string): string => text.replace(UNSEEN, escaped)

/** {@link visible}, at most so many characters; a cut says how many are left out. */
export const visibleUpTo = (text: string, max: number): string =>
  text.length <= max
    ? visible(text)
    : `${visible(text.slice(0, max))}… (${text.length - max} more characters)`

/** A value as JSON for people and programs, harmless on a terminal. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).split('\n').map(visible).join('\n')
