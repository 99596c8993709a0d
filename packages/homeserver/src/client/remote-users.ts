/**
 * What the client head asks of other servers about their users. The federation head implements it; a server that is alone has
 * {@link nobodyElse}.
 */
import type { ServerName, UserId } from '@neurite/protocol'
import type { KeyJson } from '../storage/device-keys.ts'
import { ClientError } from './errors.ts'

/** Keys of users of one server, as `/user/keys/query` gives them. */
export interface RemoteKeys {
  readonly deviceKeys: Readonly<Record<string, Readonly<Record<string, KeyJson>>>>
  readonly masterKeys: Readonly<Record<string, KeyJson>>
  readonly selfSigningKeys: Readonly<Record<string, KeyJson>>
}

/** By user, device and key ID. */
export type ClaimedKeys = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>

/** Messages for devices of one server, as the EDU `m.direct_to_device` has them. */
export interface RemoteToDevice {
  readonly sender: UserId
  readonly type: string
  /** Told apart by the receiver: the same is taken once. */
  readonly messageId: string
  /** By user and device; `*` is all devices. */
  readonly messages: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export interface RemoteUsers {
  /**
   * The profile of a user elsewhere, or one field of it.
   * @throws {ClientError} `M_NOT_FOUND`, `M_UNREACHABLE`
   */
  profile(userId: UserId, field: string | undefined, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>
  /**
   * @param users device IDs wanted of each user; none is all of them
   * @param timeout milliseconds
   * @throws {ClientError} `M_UNREACHABLE` where the server does not answer in time
   */
  keys(
    server: ServerName,
    users: Readonly<Record<string, readonly string[]>>,
    timeout: number,
    signal: AbortSignal,
  ): Promise<RemoteKeys>
  /**
   * @param wanted by user and device: the algorithm
   * @throws {ClientError} `M_UNREACHABLE` where the server does not answer in time
   */
  claimKeys(
    server: ServerName,
    wanted: Readonly<Record<string, Readonly<Record<string, string>>>>,
    timeout: number,
    signal: AbortSignal,
  ): Promise<ClaimedKeys>
  /** Resolves when it is certain to be sent, at once or later. */
  sendToDevice(server: ServerName, message: RemoteToDevice): Promise<void>
}

/** No other server can be reached. */
export const nobodyElse: RemoteUsers = {
  profile: () => Promise.reject(unreachable()),
  keys: () => Promise.reject(unreachable()),
  claimKeys: () => Promise.reject(unreachable()),
  sendToDevice: () => Promise.reject(unreachable()),
}

function unreachable(): ClientError {
  return new ClientError('M_UNREACHABLE', 'this server talks to no other server')
}
