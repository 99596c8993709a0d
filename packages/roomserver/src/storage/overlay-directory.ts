/**
 * The part of the overlay that is about no commit of a room: what storage shows, but for invites that pending commits end.
 */
import { mergePagesByText } from './merge-pages.ts'
import type { PendingCommits } from './pending-commits.ts'
import type { Reader } from './reader.ts'
import type { DirectoryReader } from './reader-of-directory.ts'
import type { InboundPeekRow, InviteRow, PartialJoinRow, PeekRow } from './rows-of-directory.ts'

export class OverlayDirectoryReader implements DirectoryReader {
  readonly #base: Reader
  readonly #pending: PendingCommits

  constructor(base: Reader, pending: PendingCommits) {
    this.#base = base
    this.#pending = pending
  }

  async invite(roomId: string, user: string): Promise<InviteRow | undefined> {
    const room = this.#pending.roomOpened(roomId) ?? (await this.#base.room(roomId))?.room
    if (room !== undefined && this.#pending.endsInvite(room, user)) return undefined
    return this.#base.invite(roomId, user)
  }
  async invitesOfUser(user: string, after: string, limit: number): Promise<InviteRow[]> {
    const rooms = this.#pending.rooms().filter(room => this.#pending.endsInvite(room, user))
    const ended = new Map<string, undefined>()
    for (const room of rooms) {
      const roomId = this.#pending.roomIdOpened(room) ?? (await this.#base.roomByNid(room))?.roomId
      if (roomId !== undefined) ended.set(roomId, undefined)
    }
    const read = (from: string, count: number) => this.#base.invitesOfUser(user, from, count)
    return mergePagesByText(read, row => row.roomId, ended, after, limit)
  }

  alias(alias: string) {
    return this.#base.alias(alias)
  }
  aliasesOfRoom(roomId: string, after: string, limit: number) {
    return this.#base.aliasesOfRoom(roomId, after, limit)
  }
  published(network: string | undefined, appservice: string | undefined, after: string, limit: number) {
    return this.#base.published(network, appservice, after, limit)
  }
  isPublished(roomId: string, network: string | undefined, appservice: string | undefined) {
    return this.#base.isPublished(roomId, network, appservice)
  }
  isForgotten(roomId: string, user: string) {
    return this.#base.isForgotten(roomId, user)
  }
  forgottenBy(user: string, after: string, limit: number) {
    return this.#base.forgottenBy(user, after, limit)
  }
  blockedRoom(roomId: string) {
    return this.#base.blockedRoom(roomId)
  }
  blockedRooms(after: string, limit: number) {
    return this.#base.blockedRooms(after, limit)
  }
  reports(after: number, limit: number) {
    return this.#base.reports(after, limit)
  }
  partialJoins(after: Pick<PartialJoinRow, 'roomId' | 'eventId'> | undefined, limit: number) {
    return this.#base.partialJoins(after, limit)
  }
  peeksOfRoom(roomId: string, after: Omit<PeekRow, 'roomId'> | undefined, limit: number) {
    return this.#base.peeksOfRoom(roomId, after, limit)
  }
  inboundPeeks(roomId: string, after: Pick<InboundPeekRow, 'server' | 'peekId'> | undefined, limit: number) {
    return this.#base.inboundPeeks(roomId, after, limit)
  }
}
