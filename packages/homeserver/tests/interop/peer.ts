/**
 * A homeserver that takes part, whichever program it is: a name, a way in for clients, a gateway for other servers, and its own word on
 * what became of an event.
 */
import type { Gateway } from './gateway.ts'

/** What a server holds of an event. Server-server API, "Checks performed on receipt of a PDU". */
export type Verdict = 'accepted' | 'soft-failed' | 'rejected' | 'outlier'

export interface Peer {
  readonly program: 'neurite' | 'synapse'
  /** `localhost` and the port of its gateway. */
  readonly name: string
  readonly gateway: Gateway
  /** Where clients connect to. */
  readonly url: string
  readonly log: string
  start(): Promise<void>
  stop(): Promise<void>
  kill(): void
  /** `kill -9`. Resolves when it is gone. */
  crash(): Promise<void>
  /**
   * By event ID; nothing for those that it does not know.
   * @param eventIds those that must be looked up; a peer that can list a room's events lists them all
   */
  verdicts(roomId: string, eventIds: readonly string[]): Promise<ReadonlyMap<string, Verdict>>
}
