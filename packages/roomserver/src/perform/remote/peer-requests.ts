/**
 * Other homeservers, as the handshakes with them need them: one method for each request. Answers have the shape that they must have, and
 * nothing more is believed of them. Server-server API, "Joining Rooms", "Leaving Rooms (Rejecting Invites)", "Knocking upon a room",
 * "Inviting to a room", "Querying for information", "Backfilling and retrieving missing events".
 */
import type { EventId, JsonObject, RoomAlias, RoomId, ServerName } from '@neurite/protocol'
import type { ResolvedAlias } from '../network.ts'

export type HandshakeMembership = 'join' | 'leave' | 'knock'

/** An event to be completed, signed and sent back. Room, type, sender, state key and membership are those that were asked for. */
export interface Template {
  /** Undefined: "1" or "2", whose events look alike. */
  readonly roomVersion: string | undefined
  readonly event: JsonObject
}

/** The event that goes with a path: of a room, under an ID. */
export interface SignedEvent {
  readonly roomId: string
  readonly eventId: string
  /** Signed, in the form of its room version. */
  readonly event: JsonObject
}

/** A room at the moment before a join: JSON texts. */
export interface JoinedRoom {
  readonly state: readonly string[]
  readonly authChain: readonly string[]
  /** The join as the other server sends it on, with its signature too; undefined where it does not say. */
  readonly event: string | undefined
  /** Members are not among the state. */
  readonly membersOmitted: boolean
  /** Servers with joined members before the join; empty where the other server does not say. */
  readonly serversInRoom: readonly ServerName[]
}

export interface InviteToSign extends SignedEvent {
  readonly roomVersion: string
  /** State that says which room it is: whole events, the create event among them. */
  readonly roomState: readonly JsonObject[]
}

/**
 * All throw {@link RemoteRefusal} where the server says no, a `RemoteServerError` where there is no answer, and the signal's reason once
 * it is aborted.
 */
export interface PeerRequests {
  /** `GET /make_join`, `/make_leave`, `/make_knock`. @param versions the room versions that we know; not said when leaving */
  make(
    server: ServerName,
    membership: HandshakeMembership,
    roomId: RoomId,
    userId: string,
    versions: readonly string[],
  ): Promise<Template>
  /** `PUT /send_join`. @param omitMembers members may be left out of the state */
  sendJoin(server: ServerName, event: SignedEvent, omitMembers: boolean): Promise<JoinedRoom>
  /** `PUT /send_leave`. */
  sendLeave(server: ServerName, event: SignedEvent): Promise<void>
  /** `PUT /send_knock`. @returns state that says which room it is: JSON texts */
  sendKnock(server: ServerName, event: SignedEvent): Promise<readonly string[]>
  /** `PUT /invite`. @returns the event with the server's signature: JSON text */
  invite(server: ServerName, invite: InviteToSign): Promise<string>
  /** `GET /rooms/{roomId}/complexity`. @returns undefined where the server does not tell */
  complexity(server: ServerName, roomId: RoomId): Promise<number | undefined>
  /** `GET /query/directory`. @returns undefined where there is no such alias */
  resolveAlias(server: ServerName, alias: RoomAlias): Promise<ResolvedAlias | undefined>
  /** `GET /backfill`: events before the given ones, these included; none where the server has nothing to give. */
  backfill(server: ServerName, roomId: RoomId, from: readonly EventId[], limit: number): Promise<readonly string[]>
}

/** A server answered, and said no (4xx). Asking it again would not help. */
export class RemoteRefusal extends Error {
  readonly server: ServerName
  readonly status: number
  /** `M_UNKNOWN` where it gave none. */
  readonly errcode: string
  /** What it said to people; empty where it said nothing. */
  readonly reason: string
  /** With `M_INCOMPATIBLE_ROOM_VERSION`, where it said so. */
  readonly roomVersion: string | undefined

  constructor(
    server: ServerName,
    parts: Pick<RemoteRefusal, 'message' | 'status' | 'errcode' | 'reason' | 'roomVersion'>,
    options?: ErrorOptions,
  ) {
    super(parts.message, options)
    this.name = 'RemoteRefusal'
    this.server = server
    this.status = parts.status
    this.errcode = parts.errcode
    this.reason = parts.reason
    this.roomVersion = parts.roomVersion
  }
}
