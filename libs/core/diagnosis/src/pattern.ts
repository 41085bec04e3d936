const compiled = new Map<string, RegExp>()

/** The one place that compiles a rule's pattern; rules are few, so each is compiled once and kept. */
export const patternOf = (source: string): RegExp => {
  const known = compiled.get(source)
  if (known) return known
  const fresh = new RegExp(source, 'i')
  compiled.set(source, fresh)
  return fresh
}
