/**
 * What handshakes with other servers are made with.
 */
import type { PerformContext } from '../context.ts'
import type { PeerRequests } from './peer-requests.ts'

/** For what this server asks of others. */
export interface RemoteContext extends PerformContext {
  readonly peers: PeerRequests
}

/** For what others ask of it. */
export type ReceivingContext = PerformContext
