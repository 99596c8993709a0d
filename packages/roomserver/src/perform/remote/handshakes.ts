/**
 * The handshakes with other servers, each as one operation: what performs see as the {@link Network}.
 */
import { type RoomAlias, type RoomId, serverNameOfAlias } from '@neurite/protocol'
import { RoomServerError } from '../../api/index.ts'
import type { EventDraft } from '../../input/draft.ts'
import type { Network, OutsideMembership, ResolvedAlias } from '../network.ts'
import { askInTurn } from './ask-in-turn.ts'
import type { RemoteContext } from './context.ts'
import { inviteElsewhere } from './invite-elsewhere.ts'
import { joinElsewhere } from './join-elsewhere.ts'
import { knockElsewhere } from './knock-elsewhere.ts'
import { leaveElsewhere } from './leave-elsewhere.ts'

export class Handshakes implements Network {
  readonly #context: RemoteContext

  constructor(context: RemoteContext) {
    this.#context = context
  }

  resolveAlias(alias: RoomAlias): Promise<ResolvedAlias | undefined> {
    const { peers } = this.#context
    return askInTurn([serverNameOfAlias(alias)], `where ${alias} leads`, server => peers.resolveAlias(server, alias))
  }

  join(membership: OutsideMembership) {
    return joinElsewhere(membership, this.#context)
  }

  knock(membership: OutsideMembership) {
    return knockElsewhere(membership, this.#context)
  }

  leave(membership: OutsideMembership) {
    return leaveElsewhere(membership, this.#context)
  }

  invite(roomId: RoomId, invite: EventDraft) {
    return inviteElsewhere(roomId, invite, this.#context)
  }

  /** Servers have no agreed way to do it: MSC2444 is in no version of the specification. */
  peek(roomId: RoomId): Promise<void> {
    return Promise.reject(
      new RoomServerError('M_FORBIDDEN', `${roomId} cannot be looked into: no user of this server is in it`),
    )
  }
}
