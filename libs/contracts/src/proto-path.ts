/** Where the incident API is described; relative to this package (`@kubesift/contracts/proto/…`). */
export const INCIDENT_PACKAGE = 'kubesift.incident.v1'
export const INCIDENT_PROTO = 'kubesift/incident/v1/incident.proto'
/** Directory URL of the proto root: pass `new URL(INCIDENT_PROTO, PROTO_ROOT)` to a loader. */
export const PROTO_ROOT = new URL('../proto/', import.meta.url)
/** What the API says (UNAVAILABLE) while it is there and its database is not: a client can tell this from an API that is away. */
export const INCIDENT_DATABASE_AWAY = 'the incident database cannot be reached now; try again'
