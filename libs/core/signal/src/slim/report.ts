import type { SlimObject, SlimReport } from '@kubesift/contracts'
import { compact, cut, int, list, str, sub, type Json } from '../pick.ts'
import { redact } from '../redact.ts'

const KEPT = 10
const KEPT_OF_MANY = 40
const READ = 5_000
const TEXT = 240

/** Worst first; what is not named comes last. */
const RANKS: ReadonlyMap<string, number> = new Map(
  ['critical', 'high', 'error', 'fail', 'medium', 'warn', 'low', 'info', 'unknown'].map(
    (severity, rank) => [severity, rank],
  ),
)
export const severityRankOf = (severity: string): number => RANKS.get(severity) ?? RANKS.size

type Item = SlimReport['items'][number]

const worst = (items: readonly Item[], keep: number): Item[] =>
  [...items]
    .sort(
      (a, b) =>
        severityRankOf(a.severity) - severityRankOf(b.severity) ||
        (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    )
    .slice(0, keep)

const words = (...parts: (string | undefined)[]): string =>
  cut(redact(parts.filter((part) => part !== undefined).join(' ')), TEXT)

const severityOf = (entry: Json): string => (str(entry, 'severity', 32) ?? 'unknown').toLowerCase()

/** `criticalCount: 2` → `critical: 2`; zeros say nothing. */
const countsOf = (summary: Json, suffix = ''): Record<string, number> =>
  Object.fromEntries(
    Object.keys(summary)
      .slice(0, 32)
      .flatMap((key) => {
        const n = int(summary, key)
        const name = key.endsWith(suffix) ? key.slice(0, key.length - suffix.length) : ''
        return n !== undefined && n > 0 && name !== '' ? [[cut(name.toLowerCase(), 32), n]] : []
      }),
  )

const vulnerability = (v: Json): Item => {
  const fixed = str(v, 'fixedVersion', 64)
  return {
    id: str(v, 'vulnerabilityID', 64) ?? '?',
    severity: severityOf(v),
    text: words(
      str(v, 'resource', 64),
      str(v, 'installedVersion', 64),
      fixed === undefined ? '(no fix yet)' : `(fixed in ${fixed})`,
      str(v, 'title', 160),
    ),
  }
}

const check = (c: Json): Item => ({
  id: str(c, 'checkID', 64) ?? '?',
  severity: severityOf(c),
  text: words(str(c, 'title', TEXT)),
})

/** What matched is not kept, though Trivy masks it. */
const secret = (s: Json): Item => ({
  id: str(s, 'ruleID', 64) ?? '?',
  severity: severityOf(s),
  text: words(str(s, 'title', 160), str(s, 'target', 128)),
})

/** Trivy operator: kind → what it is about, where its entries stand, how one is read. */
const TRIVY: ReadonlyMap<string, readonly [type: string, key: string, read: (e: Json) => Item]> =
  new Map([
    ['VulnerabilityReport', ['vulnerability', 'vulnerabilities', vulnerability]],
    ['ClusterVulnerabilityReport', ['vulnerability', 'vulnerabilities', vulnerability]],
    ['ConfigAuditReport', ['config', 'checks', check]],
    ['ClusterConfigAuditReport', ['config', 'checks', check]],
    ['InfraAssessmentReport', ['config', 'checks', check]],
    ['ClusterInfraAssessmentReport', ['config', 'checks', check]],
    ['RbacAssessmentReport', ['rbac', 'checks', check]],
    ['ClusterRbacAssessmentReport', ['rbac', 'checks', check]],
    ['ExposedSecretReport', ['secret', 'secrets', secret]],
  ])

const failed = (entry: Json): boolean =>
  !Object.hasOwn(entry, 'success') || entry['success'] === false

const imageOf = (report: Json): string | undefined => {
  const artifact = sub(report, 'artifact')
  const name = str(artifact, 'repository')
  const tag = str(artifact, 'tag', 128)
  return name === undefined ? undefined : tag === undefined ? name : `${name}:${tag}`
}

const trivyReport = (object: Json, head: SlimObject): SlimReport | undefined => {
  const how = TRIVY.get(head.kind)
  if (how === undefined) return undefined
  const [type, key, read] = how
  const report = sub(object, 'report')
  const items = list(report, key, READ).filter(failed).map(read)
  const container = head.labels['trivy-operator.container.name']
  const about = [container, imageOf(report)].filter((part) => part !== undefined).join(' ')
  return compact({
    by: 'trivy',
    type,
    about: about === '' ? undefined : cut(about, 256),
    counts: countsOf(sub(report, 'summary'), 'Count'),
    items: worst(items, KEPT),
  })
}

/** wg-policy's reports under each of their names, and OpenReports, which they became. */
const POLICY_KINDS: ReadonlySet<string> = new Set([
  'PolicyReport',
  'ClusterPolicyReport',
  'Report',
  'ClusterReport',
])
const POLICY_GROUPS = /^(wgpolicyk8s\.io|reports\.x-k8s\.io|openreports\.io)\//
const BAD: ReadonlySet<string> = new Set(['fail', 'error', 'warn'])

const resultItem = (result: Json, of: Json | undefined): Item => {
  const [kind, name] = [str(of ?? {}, 'kind', 128), str(of ?? {}, 'name')]
  const policy = str(result, 'policy', 128) ?? '?'
  const rule = str(result, 'rule', 128)
  return compact({
    id: rule === undefined ? policy : `${policy}/${rule}`,
    severity: (str(result, 'severity', 32) ?? str(result, 'result', 32) ?? 'fail').toLowerCase(),
    text: words(str(result, 'message', TEXT) ?? str(result, 'description', TEXT)),
    of: kind === undefined || name === undefined ? undefined : { kind, name },
  })
}

/** Older reports are one per namespace and name in each result what it is about; newer ones are one for each thing, their `scope`. */
const policyReport = (object: Json, head: SlimObject): SlimReport | undefined => {
  if (!POLICY_KINDS.has(head.kind) || !POLICY_GROUPS.test(head.apiVersion)) return undefined
  const results = list(object, 'results', READ).filter((r) => BAD.has(str(r, 'result', 32) ?? ''))
  const isScoped = str(sub(object, 'scope'), 'name') !== undefined
  const items = results.flatMap((result) => {
    const about = [...list(result, 'resources', 50), ...list(result, 'subjects', 50)]
    return isScoped || about.length === 0
      ? [resultItem(result, undefined)]
      : about.map((thing) => resultItem(result, thing))
  })
  const source = str(object, 'source', 64) ?? str(results[0] ?? {}, 'source', 64)
  return {
    by: (source ?? head.labels['app.kubernetes.io/managed-by'] ?? 'policy').toLowerCase(),
    type: 'policy',
    counts: countsOf(sub(object, 'summary')),
    items: worst(items, isScoped ? KEPT : KEPT_OF_MANY),
  }
}

type Owners = SlimObject['owners']

/** Whom a report is about, where it has no owner reference: its scope (PolicyReport), or its labels (Trivy). */
const subjectOf = (object: Json, { labels }: SlimObject): Owners => {
  const scope = sub(object, 'scope')
  const kind = str(scope, 'kind', 128) ?? labels['trivy-operator.resource.kind']
  const name = str(scope, 'name') ?? labels['trivy-operator.resource.name']
  return kind === undefined || name === undefined
    ? []
    : [{ kind, name, uid: str(scope, 'uid') ?? '', controller: true }]
}

/** The report that an object is, and whom it is about; nothing for any other object. */
export const reportOf = (object: Json, head: SlimObject): Partial<SlimObject> | undefined => {
  const report = trivyReport(object, head) ?? policyReport(object, head)
  if (report === undefined) return undefined
  return { report, ...(head.owners.length === 0 ? { owners: subjectOf(object, head) } : {}) }
}
