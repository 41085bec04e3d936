import { describe, expect, it } from 'vitest'
import { compareProto, describeProto } from './compare-proto.ts'
import { textOf } from './pages.ts'

const OURS = textOf('libs/contracts/proto/kubesift/incident/v1/incident.proto')

/** What a client built from our file would stumble over if this were changed in it. */
const changed = (...changes: readonly (readonly [from: string, to: string])[]) => {
  let text = OURS
  for (const [from, to] of changes) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  return compareProto(describeProto(OURS), describeProto(text))
}
const at = (name: string): string => `kubesift.incident.v1.${name}`

describe('what breaks nobody', () => {
  it('the file as it is, and more of everything', () => {
    expect(changed()).toEqual([])
    expect(
      changed(
        ['string id = 1;', 'string id = 1; string more = 99;'],
        ['MERGED = 6;', 'MERGED = 6; REOPENED = 7;'],
        ['service IncidentService {', 'service IncidentService { rpc More(Note) returns (Note);'],
        ['message Note {', 'message Another { string a = 1; } message Note {'],
        ['  string refuted_by = 9;', '  optional string refuted_by = 9;'],
      ),
    ).toEqual([])
  })
})

describe('what breaks a client', () => {
  it.each([
    ['a field removed', ['string group = 24;', ''], 'Incident.group: was removed'],
    [
      'its number',
      ['string group = 24;', 'string group = 99;'],
      'Incident.group: number was 24, is 99',
    ],
    [
      'its type',
      ['int32 episode = 4;', 'int64 episode = 4;'],
      'Incident.episode: type was int32, is int64',
    ],
    [
      'one that becomes many',
      ['string hypothesis = 5;', 'repeated string hypothesis = 5;'],
      'Analysis.hypothesis: type was string, is repeated string',
    ],
    [
      'one that excludes another',
      ['string hypothesis = 5;', 'oneof says { string hypothesis = 5; }'],
      'Analysis.hypothesis: was in no group, is in says',
    ],
    ['a value removed', ['P4 = 4;', ''], 'Severity.P4: was removed'],
    ['its number', ['P4 = 4;', 'P4 = 5;'], 'Severity.P4: number was 4, is 5'],
    [
      'a method removed',
      ['rpc GetIncident(GetIncidentRequest) returns (Incident);', ''],
      'IncidentService.GetIncident: was removed',
    ],
    [
      'what a method answers',
      ['returns (stream WatchIncidentsResponse)', 'returns (WatchIncidentsResponse)'],
      'IncidentService.WatchIncidents: was (WatchIncidentsRequest) returns (stream WatchIncidentsResponse), is (WatchIncidentsRequest) returns (WatchIncidentsResponse)',
    ],
  ] as const)('%s', (_, change, line) => {
    expect(changed(change)).toEqual([at(line)])
  })

  it('another package', () => {
    expect(changed(['package kubesift.incident.v1;', 'package kubesift.incident.v2;'])).toEqual([
      'kubesift.incident.v1: was removed',
    ])
  })
})
