/**
 * Reading what belongs to no commit of a room. Pages are in the order of bytes (packed/text.ts); '' stands before the first.
 */
import type {
  AliasRow,
  BlockedRoomRow,
  InboundPeekRow,
  InviteRow,
  PartialJoinRow,
  PeekRow,
  ReportRow,
} from './rows-of-directory.ts'

export interface DirectoryReader {
  alias(alias: string): Promise<AliasRow | undefined>
  /** The aliases of a room, by alias, from `after` on. */
  aliasesOfRoom(roomId: string, after: string, limit: number): Promise<AliasRow[]>

  /**
   * The IDs of published rooms, each once, from `after` on.
   * @param network '' for the list of no network; undefined for all lists
   * @param appservice '' for those that no application service published; undefined for all
   */
  published(
    network: string | undefined,
    appservice: string | undefined,
    after: string,
    limit: number,
  ): Promise<string[]>
  /** Whether a room is in a list: as for {@link published}. */
  isPublished(roomId: string, network: string | undefined, appservice: string | undefined): Promise<boolean>

  invite(roomId: string, user: string): Promise<InviteRow | undefined>
  /** The invites and knocks of a user, by room ID, from `after` on. */
  invitesOfUser(user: string, after: string, limit: number): Promise<InviteRow[]>

  isForgotten(roomId: string, user: string): Promise<boolean>
  /** The IDs of rooms that a user forgot, from `after` on. */
  forgottenBy(user: string, after: string, limit: number): Promise<string[]>

  blockedRoom(roomId: string): Promise<BlockedRoomRow | undefined>
  /** Blocked rooms by ID, from `after` on. */
  blockedRooms(after: string, limit: number): Promise<BlockedRoomRow[]>

  /** Reports by rising ID, from `after` on; 0 for the first. */
  reports(after: number, limit: number): Promise<ReportRow[]>

  /** Joins whose state is not whole yet, by room and event, from `after` on. */
  partialJoins(after: Pick<PartialJoinRow, 'roomId' | 'eventId'> | undefined, limit: number): Promise<PartialJoinRow[]>

  /** Who peeks into a room, by user and device, from `after` on. */
  peeksOfRoom(roomId: string, after: Omit<PeekRow, 'roomId'> | undefined, limit: number): Promise<PeekRow[]>
  /** The servers that peek into a room, by server and peek ID, from `after` on. */
  inboundPeeks(
    roomId: string,
    after: Pick<InboundPeekRow, 'server' | 'peekId'> | undefined,
    limit: number,
  ): Promise<InboundPeekRow[]>
}
