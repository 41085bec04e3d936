/**
 * What the agent takes out of an object's `spec` before anything leaves the cluster.
 *
 * OTTL, the Collector's own language, has no loops, and pod specs are lists in lists. So the spec is rewritten as JSON
 * text, by patterns that the Collector (RE2) and JavaScript both read: `agent/config.yaml` is generated from this list
 * and the unit tests run it. JSON makes that exact: within a string every quote is escaped, so `"value":"` can only be a key.
 */
export interface RedactionStep {
  /** Why it is there; becomes the comment in the config. */
  readonly why: string
  readonly pattern: string
  /** With `$1` and so on for what the pattern caught. */
  readonly replacement: string
}

const ANY = String.raw`(?:[^"\\]|\\.)*`
const ESCAPE = String.raw`\\u00[0-9a-f]{2}`

/** How an environment variable ends whose value is never an address, whatever it looks like. */
const SECRET_ENDING =
  '(?i:passw(?:or)?d|pwd|passphrase|secret|token|api_?key|credentials?|_key|_pass|_pin|_salt)'
/** What in a name makes us doubt that a value of address shape is an address. */
const DOUBT = '(?i:pass|secret|token|cred|auth|key|user|login|salt|sign|pin|otp|cert)'
/** How a variable ends that holds an address, so that a single word may be a host. */
const ADDRESS_ENDING =
  '(?i:host|hostname|addr|address|endpoint|url|uri|server|service|svc|broker|upstream|backend|peer|target)(?i:e?s)?_?[0-9]*'
const SECRET_FLAG =
  '(?i:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)'

const HOST = '[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?'
const PLAIN_PATH = '(?:/(?:[a-z][a-z_-]{0,19}|v[0-9]{1,2}))*'
const SURE_ADDRESS = [
  String.raw`[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{2,5})?`,
  '[a-z](?:[a-z0-9.-]*[a-z0-9])?:[0-9]{2,5}',
  String.raw`[a-z0-9-]+(?:\.[a-z0-9-]+)+\.svc(?:\.[a-z0-9.-]+)?(?::[0-9]{1,5})?`,
].join('|')
const USER_INFO = String.raw`(?:(?:[^@/?#"\\ ]|${ESCAPE})*@)`

/** Annotations in which kubectl and others keep a copy of the whole object, values included. */
export const OBJECT_COPIES = String.raw`last-applied|rio\.cattle\.io/applied|kapp\.k14s\.io/original`

const list = (one: string): string => `(?:${one})(?:, ?(?:${one}))*`
/** An entry of `env`: `{"name":…,"value":…`, open at its end. */
const entry = (name: string, value: string): string =>
  String.raw`\{"name":"${name}","value":"${value}"`
const kept = (value: string): string => `{"name":"$1","kubesift.kept":"${value}"`
const NO_VALUE = '{"name":"$1"'

/** Puts name and value in a known order, whatever wrote the JSON. */
export const ORDER: RedactionStep = {
  why: 'Name and value in a known order, whatever wrote the JSON.',
  pattern: String.raw`\{"value":"(${ANY})","name":"(${ANY})"`,
  replacement: '{"name":"$2","value":"$1"',
}

/** Puts a copy of each value beside it, to be hashed; only where a hash key is configured. */
export const HASH_BESIDE: RedactionStep = {
  why: 'With a key: a hash of each value beside it, so that a change shows and the value does not.',
  pattern: entry(`(${ANY})`, `(${ANY})`),
  replacement: '{"name":"$1","value":"$2","valueHash":"$2"',
}

/** What is hashed after `HASH_BESIDE`. */
export const HASHED = `"valueHash":"(${ANY})"`

/** In this order: what a step leaves as `value`, the next one judges; what is left at the end goes. */
export const STEPS: readonly RedactionStep[] = [
  {
    why: '1. A name that ends like a secret: no value.',
    pattern: entry(String.raw`([^"\\]*${SECRET_ENDING})`, ANY),
    replacement: NO_VALUE,
  },
  {
    why: '2. A URL: scheme, hosts, and the path while its segments are plain words (tokens hide in paths). No user info, no query.',
    pattern: entry(
      `(${ANY})`,
      `(?:jdbc:)?([A-Za-z][A-Za-z0-9+.-]*://)${USER_INFO}?(${HOST}(?:,${HOST})*)(${PLAIN_PATH})` +
        String.raw`(?:[/?#;](?:[^@"\\]|${ESCAPE})*)?`,
    ),
    replacement: kept('$2$3$4'),
  },
  {
    why: '3. A name that ends like an address: plain hosts, one or a list.',
    pattern: entry(String.raw`([^"\\]*${ADDRESS_ENDING})`, `(${list(HOST)})`),
    replacement: kept('$2'),
  },
  {
    why: '4. A name that may mean a secret: no value.',
    pattern: entry(String.raw`([^"\\]*${DOUBT}[^"\\]*)`, ANY),
    replacement: NO_VALUE,
  },
  {
    why: '5. Any other name: only what is an address by its shape (host:port, IP, name.namespace.svc).',
    pattern: entry(`(${ANY})`, `(${list(SURE_ADDRESS)})`),
    replacement: kept('$2'),
  },
  {
    why: '6. Everything else: no value. Probe headers, sysctls and DNS options are pairs of the same shape and go too.',
    pattern: entry(`(${ANY})`, ANY),
    replacement: NO_VALUE,
  },
  {
    why: 'What was kept gets its name back.',
    pattern: String.raw`"kubesift\.kept":`,
    replacement: '"value":',
  },
  {
    why: 'Arguments and scripts: what is assigned to a flag or variable that sounds secret …',
    pattern: String.raw`([A-Za-z0-9_.-]*${SECRET_FLAG})=(?:[^"\\ ]|\\.)+`,
    replacement: '$1=redacted',
  },
  {
    why: '… or follows one …',
    pattern: String.raw`"(--?[A-Za-z0-9_.-]*${SECRET_FLAG})","${ANY}"`,
    replacement: '"$1","redacted"',
  },
  {
    why: '… and user info in URLs, wherever one stands.',
    pattern: `://${USER_INFO}`,
    replacement: '://',
  },
  {
    why: 'Copies of the whole object in the annotations of a pod template.',
    pattern: String.raw`"([^"\\]*(?:${OBJECT_COPIES})[^"\\]*)":"${ANY}"`,
    replacement: '"$1":""',
  },
]

/** The steps as the Collector runs them without a hash key; for tests and for whoever wants to know what would be left. */
export const redactSpec = (json: string): string =>
  [ORDER, ...STEPS].reduce(
    (text, { pattern, replacement }) => text.replace(new RegExp(pattern, 'g'), replacement),
    json,
  )
