/**
 * The part of the reader that is about no commit of a room: see sqlite-reader.ts.
 */
import type { DirectoryReader } from '../reader-of-directory.ts'
import type { InboundPeekRow, PartialJoinRow, PeekRow } from '../rows-of-directory.ts'
import type { DirectoryReading } from './read-directory.ts'

export class SqliteDirectoryReader implements DirectoryReader {
  readonly #directory: () => DirectoryReading

  constructor(directory: () => DirectoryReading) {
    this.#directory = directory
  }

  async alias(alias: string) {
    return this.#directory().alias(alias)
  }
  async aliasesOfRoom(roomId: string, after: string, limit: number) {
    return this.#directory().aliasesOfRoom(roomId, after, limit)
  }

  async published(network: string | undefined, appservice: string | undefined, after: string, limit: number) {
    return this.#directory().published(network, appservice, after, limit)
  }
  async isPublished(roomId: string, network: string | undefined, appservice: string | undefined) {
    return this.#directory().isPublished(roomId, network, appservice)
  }

  async invite(roomId: string, user: string) {
    return this.#directory().invite(roomId, user)
  }
  async invitesOfUser(user: string, after: string, limit: number) {
    return this.#directory().invitesOfUser(user, after, limit)
  }

  async isForgotten(roomId: string, user: string) {
    return this.#directory().isForgotten(roomId, user)
  }
  async forgottenBy(user: string, after: string, limit: number) {
    return this.#directory().forgottenBy(user, after, limit)
  }

  async blockedRoom(roomId: string) {
    return this.#directory().blockedRoom(roomId)
  }
  async blockedRooms(after: string, limit: number) {
    return this.#directory().blockedRooms(after, limit)
  }

  async reports(after: number, limit: number) {
    return this.#directory().reports(after, limit)
  }

  async partialJoins(after: Pick<PartialJoinRow, 'roomId' | 'eventId'> | undefined, limit: number) {
    return this.#directory().partialJoins(after, limit)
  }

  async peeksOfRoom(roomId: string, after: Omit<PeekRow, 'roomId'> | undefined, limit: number) {
    return this.#directory().peeksOfRoom(roomId, after, limit)
  }
  async inboundPeeks(roomId: string, after: Pick<InboundPeekRow, 'server' | 'peekId'> | undefined, limit: number) {
    return this.#directory().inboundPeeks(roomId, after, limit)
  }
}
