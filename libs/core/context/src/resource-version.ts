/**
 * Order of two resourceVersions of one object. They are decimal integers that grow (KEP-5504 makes that a promise); anything else is
 * compared as text, which at least is the same everywhere.
 */
export const compareRv = (a: string, b: string): number => {
  const digits = /^\d+$/
  if (digits.test(a) && digits.test(b)) {
    const [x, y] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')]
    return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0)
  }
  return a < b ? -1 : a > b ? 1 : 0
}
