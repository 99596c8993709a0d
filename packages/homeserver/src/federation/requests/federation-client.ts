/**
 * All that other servers can be asked: one method for each endpoint of the server-server API that a homeserver calls, by subject.
 *
 * ```ts
 * const { event, roomVersion } = await client.membership.makeJoin(server, roomId, userId, ['11', '12'])
 * ```
 *
 * A method throws `RequestRefused` where the server says no, a `RemoteServerError` where there is no answer that could be used, and
 * the signal's reason. Answers have the shape that they must have; what they claim is still to be checked.
 */

import type { Web } from '../transport/index.ts'
import { Caller, type CallerParts } from './caller.ts'
import { DeviceKeyRequests } from './device-keys.ts'
import { DirectoryRequests } from './directory.ts'
import { InviteRequests } from './inviting.ts'
import { MediaRequests } from './media.ts'
import { MembershipRequests } from './membership.ts'
import { RoomEventRequests } from './room-events.ts'
import { ServerInformationRequests } from './server-information.ts'
import { TransactionRequests } from './transactions.ts'

export interface FederationClientParts extends CallerParts {
  /** For media that a server keeps elsewhere. */
  readonly web: Pick<Web, 'open'>
}

export class FederationClient {
  /** Also the {@link RemoteServers} of the room server. */
  readonly events: RoomEventRequests
  readonly membership: MembershipRequests
  readonly invites: InviteRequests
  readonly directory: DirectoryRequests
  readonly deviceKeys: DeviceKeyRequests
  readonly media: MediaRequests
  readonly transactions: TransactionRequests
  readonly servers: ServerInformationRequests

  constructor({ web, ...parts }: FederationClientParts) {
    const caller = new Caller(parts)
    this.events = new RoomEventRequests(caller)
    this.membership = new MembershipRequests(caller)
    this.invites = new InviteRequests(caller)
    this.directory = new DirectoryRequests(caller)
    this.deviceKeys = new DeviceKeyRequests(caller)
    this.media = new MediaRequests(caller, web)
    this.transactions = new TransactionRequests(caller)
    this.servers = new ServerInformationRequests(caller)
  }
}
