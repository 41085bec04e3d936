/** The characters that give JSON its form. */
export const QUOTE = 34
export const BACKSLASH = 92
export const NEWLINE = 10
export const OPEN_BRACE = 123
export const CLOSE_BRACE = 125
export const OPEN_BRACKET = 91
export const CLOSE_BRACKET = 93
export const COMMA = 44
export const COLON = 58

export const isSpace = (c: number): boolean => c === 32 || c === 9 || c === 13 || c === NEWLINE
