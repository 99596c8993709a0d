/** Where a scenario plays: a room version, the servers by their parts in it, and users made for it alone. */

import type { RoomVersionRules } from '@neurite/protocol'
import { agree, type Expectation } from './agreement.ts'
import type { Peer } from './peer.ts'
import { User } from './user.ts'
import type { World } from './world.ts'

/** Users of all stages have different names. */
let users = 0

export class Stage {
  readonly world: World
  readonly rules: RoomVersionRules
  /** The server that the room is made on. */
  readonly host: Peer
  /** The server, of the other program, that comes into it. */
  readonly guest: Peer
  /** The other Neurite. */
  readonly third: Peer

  constructor(world: World, rules: RoomVersionRules, host: 'neurite' | 'synapse') {
    this.world = world
    this.rules = rules
    this.host = host === 'neurite' ? world.neurite : world.synapse
    this.guest = host === 'neurite' ? world.synapse : world.neurite
    this.third = world.otherNeurite
  }

  user(peer: Peer, name: string): Promise<User> {
    return User.register(peer, `${name}-${++users}`)
  }

  /** A user who makes rooms, on the host, and one on the guest. */
  async annAndBob(): Promise<readonly [ann: User, bob: User]> {
    return Promise.all([this.user(this.host, 'ann'), this.user(this.guest, 'bob')])
  }

  /** A room that anybody may join, unless the wish says otherwise. @returns its ID */
  room(creator: User, wish: object = {}): Promise<string> {
    const base = { preset: 'public_chat', room_version: this.rules.version, name: 'Hall' }
    return creator.createRoom({ ...base, ...wish })
  }

  agree(roomId: string, users: readonly User[], expectation?: Expectation): Promise<void> {
    return agree(roomId, users, expectation)
  }
}
