/**
 * How complex a room is, as servers tell each other before a join. In no version of the specification: Synapse asks for it and tells it, at
 * `/_matrix/federation/unstable/rooms/{roomId}/complexity`, as "v1".
 */

/** Entries of the current state that make a complexity of 1. */
const entriesPerComplexity = 500

/** @param stateEntries of the current state, members among them */
export function complexityOf(stateEntries: number): number {
  return stateEntries / entriesPerComplexity
}
