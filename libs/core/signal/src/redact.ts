/**
 * What people print may hold what nobody should read. Patterns of the secrets that are known by their form, and what is assigned to a
 * name that sounds secret; the name stays. Bounded texts only: cut before.
 */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // PEM: all of it, or as much as there is
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}-----|$)/g, '…'],
  // Authorization headers, and what looks like one
  [
    /\b(Bearer|Basic|Digest|Negotiate|AWS4-HMAC-SHA256)(\s+)[A-Za-z0-9+/=._~-]{8,}[^\s"']*/gi,
    '$1$2…',
  ],
  // user info in URLs
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']{1,256}@/gi, '$1'],
  // JSON web tokens
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, '…'],
  // tokens that carry their maker's prefix: AWS, GitHub, GitLab, Slack, Stripe and model vendors, Google
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, '…'],
  [
    /\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|[sr]k[-_](?:live|test|ant|proj)?[-_]?|AIza)[\w-]{16,}/g,
    '…',
  ],
  // cookies, all of them
  [/\b((?:set-)?cookie["']?\s{0,4}:\s{0,4})[^\n"']+/gi, '$1…'],
  // what is given to an option that sounds secret
  [
    /(--(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key)\s{1,4})(?![-…])[^\s"']+/gi,
    '$1…',
  ],
  // what is assigned to a name that sounds secret, in JSON within a text too
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|authorization|cookie|session[-_]?id)[\w-]*(?:\\?["'])?\s{0,4}(?:=>|[=:])\s{0,4})(?!…)(?:\\"[^"\n]*|"[^"\n]*"?|'[^'\n]*'?|(?:Bearer|Basic)\s+…|[^\s,;&"']+)/gi,
    '$1…',
  ],
]

/** The text without the secrets that can be recognised. */
export const redact = (text: string): string =>
  PATTERNS.reduce((left, [pattern, by]) => left.replace(pattern, by), text)
