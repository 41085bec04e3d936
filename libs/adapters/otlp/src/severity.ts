/** SeverityNumber has 1 to 24; anything else says nothing and is read as 0, unspecified. */
export const knownSeverity = (severity: number): number =>
  severity >= 1 && severity <= 24 && Number.isInteger(severity) ? severity : 0
