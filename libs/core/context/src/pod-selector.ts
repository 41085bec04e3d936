import type { ObjectFact } from './object-fact.ts'

const EXACT = 'podSelector.'

/** One of `matchExpressions`, as the settings of a policy hold it: keys in order. One that was cut for its length no longer reads, and selects nothing. */
const REQUIREMENT =
  /^\{"key":"([^"]+)","operator":"(In|NotIn|Exists|DoesNotExist)"(?:,"values":\[((?:"[^"]*",?)*)\])?\}$/

const holds = (text: string, labels: Readonly<Record<string, string>>): boolean => {
  const [, key, operator, list = ''] = REQUIREMENT.exec(text) ?? []
  if (key === undefined) return false
  const values = list.split(',').map((value) => value.slice(1, -1))
  const has = Object.hasOwn(labels, key)
  const isAmong = has && values.includes(labels[key]!)
  if (operator === 'In') return isAmong
  if (operator === 'NotIn') return !isAmong
  return operator === 'Exists' ? has : !has
}

/** Whether a policy selects pods with these labels, in any of the versions that are known; an empty selector selects all (LabelSelector, apimachinery). */
export const matchesSelector = (
  policy: ObjectFact,
  labels: Readonly<Record<string, string>>,
): boolean =>
  (policy.settings ?? []).some(({ values }) =>
    Object.entries(values)
      .filter(([path]) => path.startsWith(EXACT))
      .every(([path, value]) =>
        /^podSelector\.\d+$/.test(path) && value.startsWith('{')
          ? holds(value, labels)
          : labels[path.slice(EXACT.length)] === value,
      ),
  )
