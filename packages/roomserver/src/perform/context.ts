/**
 * What performs are made with: plain parts, put together once by the composition root.
 */
import type { Crypto, ServerName, Signer, UserId } from '@neurite/protocol'
import type { ServerAcls } from '../acls/index.ts'
import type { Input } from '../input/input.ts'
import type { PartialJoins } from '../input/partial-state/partial-joins.ts'
import type { RoomPurges } from '../input/room-purges.ts'
import type { ServerSelection } from '../input/server-selection.ts'
import type { SignatureChecks } from '../input/signature-checks.ts'
import type { SpamGuard } from '../input/spam-guard.ts'
import type { Runtime } from '../runtime/index.ts'
import type { EventCache, StateStore } from '../state/index.ts'
import type { Storage } from '../storage/index.ts'
import type { Network } from './network.ts'
import type { NewRoomIds } from './new-room-ids.ts'
import type { PeerRequests } from './remote/index.ts'

export interface PerformContext {
  /** Our own name. */
  readonly serverName: ServerName
  /** Performs look at what is committed: an answer must not rest on what a crash may still take back. */
  readonly storage: Storage
  readonly input: Input
  readonly purges: RoomPurges
  /** How other servers have answered lately. */
  readonly selection: ServerSelection
  readonly states: StateStore
  readonly events: EventCache
  readonly runtime: Runtime
  readonly crypto: Crypto
  /** Our key as it is now. */
  readonly signer: () => Signer
  readonly newRoomIds: NewRoomIds
  readonly partialJoins: PartialJoins
  /** Rooms may be joined without their members, which are fetched afterwards. */
  readonly omitsMembers: boolean
  readonly acls: ServerAcls
  readonly signatures: SignatureChecks
  readonly spamGuard: SpamGuard
  /** Whether a local user takes no invites at all. */
  readonly blocksInvites: (userId: UserId) => Promise<boolean> | boolean
  /** The most complex room of others that is joined (see `complexityOf`). Undefined: any. */
  readonly maxJoinComplexity: number | undefined
  /** Says that outputs were written that are no part of a commit: whoever waits for outputs looks again. */
  readonly announce: () => void
  /** Other servers, by single requests. Undefined: none can be asked. */
  readonly peers: PeerRequests | undefined
  /** Undefined: there is none yet, and what needs other servers is refused with `M_UNREACHABLE`. */
  readonly network: Network | undefined
}
