import { uuidOf } from '@kubesift/core-signal'

/** The id of one episode of a key: made of both alone, so that every process and every replay names it alike. */
export const incidentIdOf = (key: string, episode: number): string => uuidOf(`${key}#${episode}`)

/** The id of the note that tells of a transition: one transition, one note, however often it is derived. */
export const noteIdOf = (transitionId: string): string => uuidOf(`note:${transitionId}`)
