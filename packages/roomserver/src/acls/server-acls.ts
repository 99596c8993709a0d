/**
 * The server ACLs of rooms, read when they are first asked for. By the current `m.room.server_acl` of a room; matching takes time in
 * proportion to the pattern and the name. Server-server API, "Server Access Control Lists (ACLs)".
 */
import { compileServerAcl, isServerName, type JsonObject, type ServerAcl } from '@neurite/protocol'
import type { Reader } from '../storage/reader.ts'
import type { RoomRow } from '../storage/rows.ts'
import {
  type EventNid,
  type EventTypeNid,
  emptyStateKeyNid,
  type StateKeyNid,
  type StateSnapshotNid,
} from '../types/index.ts'

/** What finding an ACL needs of states and events: `StateStore` and `EventCache` have it. */
interface AclStates {
  view(snapshot: StateSnapshotNid | 0): Promise<{ get(type: EventTypeNid, stateKey: StateKeyNid): EventNid | 0 }>
}
interface AclEvents {
  load(events: readonly EventNid[]): Promise<ReadonlyMap<EventNid, { readonly content: JsonObject }>>
}

const serverAclType = 'm.room.server_acl'

/** Compiled ACLs that are kept: those of rooms that were asked about lately. Most are some kilobytes. */
const maxKept = 500

export class ServerAcls {
  readonly #reader: Reader
  readonly #states: AclStates
  readonly #events: AclEvents
  /** By event, oldest first: an event never changes what it says. */
  readonly #compiled = new Map<EventNid, ServerAcl>()

  constructor(reader: Reader, states: AclStates, events: AclEvents) {
    this.#reader = reader
    this.#states = states
    this.#events = events
  }

  /** Whether a room's ACL refuses a server. What is no server name is refused. */
  async refuses(server: string, { currentSnapshot }: Pick<RoomRow, 'currentSnapshot'>): Promise<boolean> {
    if (!isServerName(server)) return true
    const acl = await this.#aclOf(currentSnapshot)
    return acl !== undefined && !acl.allows(server).allowed
  }

  /** The event that is a state's ACL; 0 for none. */
  async eventIn(snapshot: StateSnapshotNid | 0): Promise<EventNid | 0> {
    const type = (await this.#reader.eventTypeNids([serverAclType])).get(serverAclType)
    return type === undefined ? 0 : (await this.#states.view(snapshot)).get(type, emptyStateKeyNid)
  }

  async #aclOf(snapshot: StateSnapshotNid | 0): Promise<ServerAcl | undefined> {
    const event = await this.eventIn(snapshot)
    if (event === 0) return undefined
    const acl = this.#compiled.get(event) ?? compileServerAcl((await this.#events.load([event])).get(event)?.content)
    this.#compiled.delete(event)
    this.#compiled.set(event, acl)
    for (const oldest of this.#compiled.keys()) {
      if (this.#compiled.size <= maxKept) break
      this.#compiled.delete(oldest)
    }
    return acl
  }
}
