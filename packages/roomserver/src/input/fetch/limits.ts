/**
 * Limits on what is asked of other servers for one event. An answer beyond them is cut off, a need beyond them not met: the event
 * waits, and later ones carry on from what was stored.
 */

/** One request. Milliseconds: a server that takes longer is as good as down for a waiting room. */
export const requestTimeout = 10_000
/** Servers asked for one need, in order. */
export const maxServersAsked = 5
/** Events taken from one answer with auth events or state. A room of 100,000 members with its chains has some 300,000. */
export const maxAuthEventsTaken = 500_000
/** Events asked for one by one to complete an answer: past that `/state` is cheaper, and a chain endless. */
export const maxSingleEvents = 500
/** Requests for single events under way at once, for one need. */
export const singleEventsAtOnce = 5
/** Events not as they were hashed for which a whole copy is looked for, for one need. */
export const maxWholeCopies = 100
/** Rounds of completing a chain whose answers refer to further unknown events. */
export const maxRounds = 20
/** Events asked for with one `/get_missing_events`: as many as servers commonly give. */
export const missingEventsLimit = 20
/** Events taken to close one gap; a longer one is bridged by the state at its end. */
export const maxGapEvents = 200
