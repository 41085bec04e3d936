import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Fields } from '@kubesift/core-context'

/** The field that holds all others of a namespace that has gone cold. */
export const FOLDED = 'z'

/** Of the form: another dictionary is another form. */
const FORM = '1:'

/** Words that are in nearly every namespace, the most frequent last, as zlib wants it (deflateSetDictionary). */
const DICTIONARY = Buffer.from(
  [
    '"movedTo":"saidUntil":"heirs":[]"ignored":"idle","names","early"',
    'no occurrence for 6 h while the stream was alive (time to live)","by":"ttl","why":"the owner was deleted","by":"owner_deleted"',
    'rollout complete, stable for 600 s until ","by":"recovered","why":"',
    'is P2 in the catalogue","points":',
    '"StatefulSet/DaemonSet/CronJob/Job/Node/Pod/ReplicaSet/Deployment","by":"inferred","by":"self","by":"objects"',
    '"states":{"waiting":[],"terminations":[],"restarts":0,"notReady":0,"pods":0},"evidence":[{"kind":"event","text":"',
    '"records":[{"topic":"otel-logs","partition":0,"offset":1},{"topic":"otel-logs","partition":"id":"',
    '"severity":"P2","severityTerms":[{"term":"base","points":65,"why":"',
    '"gaps":[],"facets":["is:Deployment/',
    '"touches":[{"how":"is","thing":"Deployment/',
    '","why":"it is the owner"}],"cause":{"topic":"otel-logs","partition":',
    '"reasons":[{"reason":"BackOff","type":"Warning","source":"event","count":1,"uids":1,"quality":"exact","firstAt":',
    '"lastAt":17952,"message":"',
    '"occurrenceCount":1,"countQuality":"exact","firstSeenAt":17952,"lastSeenAt":17952,"objects":[{"kind":"Pod","namespace":"',
    '"name":"","uid":""}],"objectsTotal":1,"changes":[],"absorbed":{},"alone":{"by":{"through":"keys":{"key":"cluster":"namespace":"owner":{"kind":"problem":"title":"',
    '{"published":["/Deployment//CrashLoop"],"frozen":{"":[{"from":17952,"to":17952,"openedAt":17952,"count":1,"recovery":{"at":17952,"by":"recovered","why":"","nextDecisionAt":null,"open":[]}',
  ].join(''),
)

/** All fields of a namespace as one, a tenth as long or so. */
export const fold = (fields: Fields): string =>
  FORM +
  deflateRawSync(JSON.stringify([...fields]), { dictionary: DICTIONARY, level: 9 }).toString(
    'base64',
  )

/** What was folded. Throws where it is not what {@link fold} wrote: that is a fault of ours or of the store. */
export const unfold = (id: string, text: string): [string, string][] => {
  if (!text.startsWith(FORM))
    throw new Error(`the folded state of namespace ${id} is of a form that is not known here`)
  try {
    const bytes = Buffer.from(text.slice(FORM.length), 'base64')
    return JSON.parse(inflateRawSync(bytes, { dictionary: DICTIONARY }).toString()) as [
      string,
      string,
    ][]
  } catch (error) {
    throw new Error(`the folded state of namespace ${id} cannot be read`, { cause: error })
  }
}
