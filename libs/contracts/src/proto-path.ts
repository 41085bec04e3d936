/** Where the incident API is described; relative to this package (`@kubesift/contracts/proto/…`). */
export const INCIDENT_PACKAGE = 'kubesift.incident.v1'
export const INCIDENT_PROTO = 'kubesift/incident/v1/incident.proto'
/** Directory URL of the proto root: pass `new URL(INCIDENT_PROTO, PROTO_ROOT)` to a loader. */
export const PROTO_ROOT = new URL('../proto/', import.meta.url)
