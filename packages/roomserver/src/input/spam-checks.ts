/**
 * What a program that embeds the room server may have against what happens in it: functions of its own that are asked before. The room
 * server runs them with a limit of time: see {@link SpamGuard}.
 *
 * ```ts
 * const spamChecks: SpamChecks = {
 *   send: async ({ event }) => (isSpam(event.content) ? { reason: 'this looks like spam' } : undefined),
 * }
 * await RoomServer.open({ spamChecks: { checks: spamChecks, within: 2_000, whenItFails: 'allow' }, … })
 * ```
 */
import type { RoomEvent } from '@neurite/protocol'
import type { RequestTo } from '../api/index.ts'

/** No, and why: the reason is told to users, or kept with the event. */
export interface Objection {
  readonly reason: string
  /** `M_FORBIDDEN` if absent. */
  readonly errcode?: 'M_FORBIDDEN' | 'M_LIMIT_EXCEEDED' | 'M_INVITE_BLOCKED'
}

export interface CheckedInvite {
  /** Undefined: the room is only being made. */
  readonly roomId: string | undefined
  readonly inviter: string
  readonly invitee: string
}

/** What each check is asked about. */
export interface SpamQuestions {
  /** An event that a local user sends, invites left out. No: it is refused. */
  readonly send: { readonly roomId: string; readonly event: RequestTo<'performSend'>['event'] }
  /** A new event of another server, validly signed. No: it is soft-failed, so that the state of the room stays what others have. */
  readonly receive: { readonly event: RoomEvent; readonly origin: string }
  /** An invite by a local user, or of one. No: it is refused. */
  readonly invite: CheckedInvite
  /** A local user wants to join. No: it is refused. */
  readonly join: { readonly roomId: string; readonly userId: string }
  /** A local user wants a new room. No: it is refused. */
  readonly createRoom: RequestTo<'performCreateRoom'>
}

type Answer = Objection | undefined

/** The checks: absent ones have nothing against anything. */
export type SpamChecks = {
  readonly [Kind in keyof SpamQuestions]?: (asked: SpamQuestions[Kind]) => Promise<Answer> | Answer
}

export interface SpamCheckOptions {
  readonly checks: SpamChecks
  /** Milliseconds that a check may take. Absent: {@link defaultCheckTime}. */
  readonly within?: number
  /** What counts where a check throws or takes too long. Absent: allow. */
  readonly whenItFails?: 'allow' | 'refuse'
}

/** Milliseconds: long enough for a question over the network; a room's events wait for it. */
export const defaultCheckTime = 5_000
