/**
 * Joined members by server with what pending commits change. They bring differences, which must not be added twice: so storage is
 * read at one counter of the room, and those of the commits added that it does not show at that counter.
 */
import type { RoomNid } from '../types/index.ts'
import { mergePages, mergePagesByText } from './merge-pages.ts'
import type { PendingCommits } from './pending-commits.ts'
import type { Reader } from './reader.ts'
import type { RoomCommit } from './room-commit.ts'
import type { JoinedServerRow } from './rows.ts'

export class PendingServers {
  readonly #base: Reader
  readonly #pending: PendingCommits

  constructor(base: Reader, pending: PendingCommits) {
    this.#base = base
    this.#pending = pending
  }

  ofRoom(room: RoomNid, after: string, limit: number): Promise<JoinedServerRow[]> {
    const read = (from: string, count: number) => this.#base.joinedServers(room, from, count)
    return this.#atOneCounter(room, async commits => {
      const changed = new Map<string, JoinedServerRow | undefined>()
      for (const server of serversOf(commits)) {
        const members = await this.#members(room, server, commits)
        changed.set(server, members > 0 ? { server, members } : undefined)
      }
      return mergePagesByText(read, row => row.server, changed, after, limit)
    })
  }

  members(room: RoomNid, server: string): Promise<number> {
    return this.#atOneCounter(room, commits => this.#members(room, server, commits))
  }

  async roomsOf(server: string, after: RoomNid | 0, limit: number): Promise<RoomNid[]> {
    const read = (from: RoomNid | 0, count: number) => this.#base.roomsOfServer(server, from, count)
    const changed = new Map<RoomNid, RoomNid | undefined>()
    for (const room of this.#pending.rooms())
      if (serversOf(this.#pending.ofRoom(room)).has(server))
        changed.set(room, (await this.members(room, server)) > 0 ? room : undefined)
    return mergePages(read, room => room, changed, after, limit)
  }

  async #members(room: RoomNid, server: string, commits: readonly RoomCommit[]): Promise<number> {
    let members = await this.#base.joinedMembersOfServer(room, server)
    for (const { joinedServers } of commits)
      for (const change of joinedServers) if (change.server === server) members = Math.max(0, members + change.by)
    return members
  }

  /** Reads again where a commit of the room came in between. @param read is given the commits that storage does not show */
  async #atOneCounter<T>(room: RoomNid, read: (commits: readonly RoomCommit[]) => Promise<T>): Promise<T> {
    const pending = this.#pending.ofRoom(room)
    if (pending.length === 0) return read([])
    for (;;) {
      const counter = await this.#counter(room)
      const result = await read(pending.filter(({ expects }) => expects >= counter))
      if ((await this.#counter(room)) === counter) return result
    }
  }

  async #counter(room: RoomNid): Promise<number> {
    return (await this.#base.roomByNid(room))?.counter ?? 0
  }
}

function serversOf(commits: readonly RoomCommit[]): Set<string> {
  return new Set(commits.flatMap(({ joinedServers }) => joinedServers.map(({ server }) => server)))
}
