/**
 * What performs need of other servers: rooms that this server is not in, and users of others. Each operation is the whole handshake
 * (`make_join` and `send_join`, say), so that callers know nothing of its steps. Server-server API, "Joining Rooms", "Inviting to a
 * room", "Leaving Rooms", "Knocking upon a room", "Querying for information".
 */
import type { JsonObject, RoomAlias, RoomId, ServerName, UserId } from '@neurite/protocol'
import { RoomServerError } from '../api/index.ts'
import type { EventDraft } from '../input/draft.ts'
import type { OutsideLeave } from '../output/index.ts'

/** A membership that a local user wants in a room that others must let them into, or out of. */
export interface OutsideMembership {
  readonly roomId: RoomId
  readonly userId: UserId
  /** Of the member event, without `membership`. */
  readonly content: JsonObject
  /** Servers that may help, best first; never this one. */
  readonly via: readonly ServerName[]
  /** Whatever limits this server has for rooms that are joined. */
  readonly exceedsLimits?: boolean
}

/** Where a room alias of another server leads. */
export interface ResolvedAlias {
  readonly roomId: RoomId
  readonly servers: readonly ServerName[]
}

/**
 * All reject with a `RoomServerError`: `M_UNREACHABLE` where no server could help, what the servers answered where one refused, and
 * what this server itself has against it. Where they resolve, what was brought about is on disk here.
 */
export interface Network {
  /** `/query/directory` at the alias's server. @returns undefined where there is no such alias */
  resolveAlias(alias: RoomAlias): Promise<ResolvedAlias | undefined>
  join(membership: OutsideMembership): Promise<{ readonly eventId: string; readonly joinedVia: ServerName }>
  knock(membership: OutsideMembership): Promise<{ readonly eventId: string }>
  /** Leaves a room that no local user is in: rejects an invite, or takes a knock back. */
  leave(membership: OutsideMembership): Promise<OutsideLeave>
  /**
   * Invites a user of another server, who signs the invite: builds the event in the room's turn, has it signed, and takes it.
   * @param invite a member event of a local user who may send it
   */
  invite(roomId: RoomId, invite: EventDraft): Promise<{ readonly eventId: string }>
  /** Begins to follow a world-readable room that this server is not in, or ends it once nobody here looks into it any more. */
  peek(roomId: RoomId, end: boolean, via: readonly ServerName[]): Promise<void>
}

/** @throws {RoomServerError} `M_UNREACHABLE` where this server has no way to others */
export function networkOf({ network }: { readonly network: Network | undefined }, wish: string): Network {
  if (network !== undefined) return network
  throw new RoomServerError('M_UNREACHABLE', `${wish}: that needs another server, and none can be asked`)
}
