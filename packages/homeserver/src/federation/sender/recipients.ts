/**
 * Which servers an event goes to: those with joined users in its room, and the server of a user whom it puts out. Server-server API,
 * "PDUs".
 */
import { isServerName, isUserId, type ServerName, serverNameOf } from '@neurite/protocol'
import type { RoomServerApi } from '@neurite/roomserver/api'

/** Servers read at once. */
const pageServers = 10_000
/** Rooms whose servers are remembered: those that somebody writes in. */
const maxRooms = 1_000

/** What decides on the recipients of an event. */
export interface SentEvent {
  readonly roomId: string
  readonly type: string
  readonly stateKey: string | undefined
  readonly sender: string
  readonly membership: unknown
}

export class Recipients {
  readonly #api: Pick<RoomServerApi, 'queryJoinedHosts'>
  readonly #serverName: ServerName
  /** In the order last used, oldest first. */
  readonly #rooms = new Map<string, Promise<readonly ServerName[]>>()

  constructor(api: Pick<RoomServerApi, 'queryJoinedHosts'>, serverName: ServerName) {
    this.#api = api
    this.#serverName = serverName
  }

  /** The state of a room has changed: who is in it may be others. */
  forget(roomId: string): void {
    this.#rooms.delete(roomId)
  }

  /** The other servers in a room. */
  inRoom(roomId: string): Promise<readonly ServerName[]> {
    const servers = this.#rooms.get(roomId) ?? this.#read(roomId)
    this.#rooms.delete(roomId)
    this.#rooms.set(roomId, servers)
    servers.catch(() => this.#rooms.delete(roomId))
    const oldest = this.#rooms.keys().next()
    if (this.#rooms.size > maxRooms && oldest.done !== true) this.#rooms.delete(oldest.value)
    return servers
  }

  /** The server of a remote sender has the event: it came from there. */
  async of(event: SentEvent): Promise<ServerName[]> {
    const { roomId, sender } = event
    const servers = new Set(await this.inRoom(roomId))
    const putOut = serverPutOutBy(event)
    if (putOut !== undefined) servers.add(putOut)
    servers.delete(this.#serverName)
    if (isUserId(sender)) servers.delete(serverNameOf(sender))
    return [...servers]
  }

  async #read(roomId: string): Promise<ServerName[]> {
    const servers: ServerName[] = []
    for (let after: string | undefined; ; ) {
      const page: Awaited<ReturnType<RoomServerApi['queryJoinedHosts']>> = await this.#api.queryJoinedHosts({
        ...{ roomId, limit: pageServers },
        ...(after === undefined ? {} : { after }),
      })
      servers.push(...page.servers.map(({ server }) => server).filter(isServerName))
      if (page.next === undefined) return servers
      after = page.next
    }
  }
}

/** The server of a user whom an event puts out of its room, or who leaves by it: it may have no user there after that. */
export function serverPutOutBy({ type, stateKey, membership }: SentEvent): ServerName | undefined {
  const isPutOut = type === 'm.room.member' && (membership === 'leave' || membership === 'ban')
  return isPutOut && isUserId(stateKey) ? serverNameOf(stateKey) : undefined
}
