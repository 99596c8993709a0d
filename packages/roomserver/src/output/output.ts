/**
 * What the room server tells the rest of the server, in the order of positions: at least once, and under the same position when
 * repeated. In rows events are NIDs; subscribers get events and IDs (output-log.ts).
 */
import type { MembershipRow } from '../storage/index.ts'
import type { EventNid, StateSnapshotNid } from '../types/index.ts'

/** An output as its row holds it. */
export type StoredOutput =
  | {
      readonly kind: 'new'
      readonly event: EventNid
      /** The forward extremities after the event; of very many the youngest. */
      readonly extremities: readonly EventNid[]
      /** How the current state changed: events that came into it and went out of it. */
      readonly added: readonly EventNid[]
      readonly removed: readonly EventNid[]
      readonly historyVisibility: string
      /** This server came into the room with it: the state is what was given, not the one before and a change. */
      readonly rewritesState?: boolean
      /** The current state before the event, where the state before the event is another; 0 is the empty state. */
      readonly currentBefore?: StateSnapshotNid | 0
      readonly sendAsServer?: string
      readonly transactionId?: { readonly session: string; readonly id: string }
    }
  | { readonly kind: 'old'; readonly event: EventNid; readonly historyVisibility: string }
  /** A local user is invited: it comes before the output of the event that brought it about. */
  | (OfAnyRoom & {
      readonly kind: 'invite'
      readonly user: string
      /** 0 where it came from outside: then it is among the invites of rooms that this server is not in. */
      readonly event: EventNid | 0
    })
  /** A local user who was invited is no longer, and what they are now. */
  | (OfAnyRoom & { readonly kind: 'invite-retired'; readonly user: string; readonly why: MembershipRow['membership'] })
  | { readonly kind: 'redacted'; readonly event: EventNid; readonly because: EventNid }
  /** A redaction that had taken effect was corrected, or the event was: it is given out whole again where no other redacts it. */
  | { readonly kind: 'unredacted'; readonly event: EventNid; readonly because: EventNid }
  | {
      /** A verdict or state that was provisional turned out otherwise. */
      readonly kind: 'state-corrected'
      readonly event: EventNid
      readonly status: 'accepted' | 'soft-failed' | 'rejected'
      /** How the state before the event changed. */
      readonly before: StateDelta
      /** How the current state changed with it. */
      readonly current: StateDelta
    }
  /** What came from outside about a local user, an invite or a knock, is over: the room itself has not said so. */
  | (OfAnyRoom & {
      readonly kind: 'outside-invite-retired'
      readonly user: string
      readonly why: OutsideInviteEnd
      readonly leave?: OutsideLeave
    })
  /** A device of a local user looks into a room, or does no longer. */
  | (OfAnyRoom & { readonly kind: 'peek' | 'peek-retired'; readonly user: string; readonly device: string })
  /** Another server looks into a room of ours, or does no longer. */
  | (OfAnyRoom & {
      readonly kind: 'inbound-peek' | 'inbound-peek-retired'
      readonly server: string
      readonly peekId: string
    })
  /** Everything of a room was taken away. */
  | (OfAnyRoom & { readonly kind: 'purged' })
  /** What it was is not known any more: its room was purged. */
  | { readonly kind: 'gone' }

/** `rejected-here`: no server of the room has heard of it, so to them the user is invited still. `taken-back`: by who made it; or a knock was turned down. */
export type OutsideInviteEnd = 'rejected' | 'rejected-here' | 'taken-back'

/** The member event that ended an invite or a knock, with which there is no room here to put it into. */
export interface OutsideLeave {
  readonly eventId: string
  readonly roomVersion: string
  readonly pdu: string
}

/** An output that may be of a room that is not stored: then it says which one. */
interface OfAnyRoom {
  readonly roomId?: string
}

/** The outputs that need no room that is stored. */
export type OutputOfAnyRoom = Extract<StoredOutput, OfAnyRoom>

/** Events that came into a state and went out of it. */
export interface StateDelta {
  readonly added: readonly EventNid[]
  readonly removed: readonly EventNid[]
}

/** What differs between two states, key by key, as the events of both. @param changes events are 0 where a state has none */
export function deltaOf(
  changes: readonly { readonly before: EventNid | 0; readonly after: EventNid | 0 }[],
): StateDelta {
  return {
    added: changes.flatMap(({ after }) => (after === 0 ? [] : [after])),
    removed: changes.flatMap(({ before }) => (before === 0 ? [] : [before])),
  }
}

/** An output that is no part of a commit, as the change of the directory that writes it. */
export function outputChange(roomId: string, output: OutputOfAnyRoom) {
  return { kind: 'output', roomId, payload: writeOutput({ ...output, roomId }) } as const
}

/** Says that everything of a room was taken away, once its ID leads nowhere any more. */
export function purgedOutput(roomId: string) {
  return outputChange(roomId, { kind: 'purged' })
}

export function writeOutput(output: StoredOutput): string {
  return JSON.stringify(output)
}

export function readOutput(payload: string): StoredOutput {
  return JSON.parse(payload) as StoredOutput
}
