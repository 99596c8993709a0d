/**
 * What the endpoints of the federation head work with.
 */
import type { Crypto, ServerName } from '@neurite/protocol'
import type { KeyRing } from '@neurite/roomserver'
import type { RoomServerApi } from '@neurite/roomserver/api'
import type { Runtime } from '@neurite/roomserver/runtime'
import type { Notary, OwnKeys } from '../keys/index.ts'
import type { Endpoint } from './endpoint.ts'
import type { IncomingEdu, LocalMedia, LocalUsers } from './local-users.ts'
import type { Transactions } from './transactions/transactions.ts'

/** What the federation head is given. */
export interface IncomingParts {
  readonly serverName: ServerName
  /** Name and version, as `GET /version` tells them. */
  readonly software: { readonly name: string; readonly version: string }
  readonly api: RoomServerApi
  readonly keyRing: KeyRing
  readonly ownKeys: Pick<OwnKeys, 'published'>
  readonly notary: Pick<Notary, 'answer'>
  readonly runtime: Runtime
  readonly crypto: Crypto
  readonly users: LocalUsers
  readonly media: LocalMedia
  /** Told of EDUs, one after the other for each server. Those of rooms whose ACL refuses the server are left out. */
  readonly receiveEdu: (edu: IncomingEdu) => Promise<void> | void
  /** A server has shown that it is there: what waits for it may be sent. */
  readonly heardFrom: (server: ServerName) => void
  /** What `/.well-known/matrix/server` says; undefined: there is none. */
  readonly wellKnownServer?: string | undefined
  /** Servers that nothing is taken from. */
  readonly refuses?: ((server: ServerName) => boolean) | undefined
  /** Told of every request once it is answered. Milliseconds. */
  readonly onAnswer?: ((endpoint: Endpoint, status: number, duration: number) => void) | undefined
  /** Told of failures that are nobody's fault but ours. */
  readonly onError: (error: unknown, where: string) => void
}

export interface IncomingContext extends IncomingParts {
  readonly transactions: Transactions
}
