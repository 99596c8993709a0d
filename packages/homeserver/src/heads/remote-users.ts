/**
 * What the client head asks of other servers about their users, by the federation's requests and its sender.
 */
import { type JsonObject, serverNameOf } from '@neurite/protocol'
import type { RemoteUsers } from '../client/remote-users.ts'
import type { FederationClient } from '../federation/requests/index.ts'
import type { FederationSender } from '../federation/sender/index.ts'
import type { KeyJson } from '../storage/device-keys.ts'
import { asClientError } from './remote-errors.ts'

type Requests = Pick<FederationClient, 'directory' | 'deviceKeys'>
type ByUser = Readonly<Record<string, KeyJson>>

/** @param sender asked for when something is sent: the client head is there before it */
export function remoteUsers(
  { directory, deviceKeys }: Requests,
  sender: () => Pick<FederationSender, 'sendKept'>,
): RemoteUsers {
  return {
    profile: (userId, field, signal) =>
      asClientError(`the profile of ${userId}`, () =>
        directory.queryProfile(serverNameOf(userId), userId, field, signal),
      ),
    keys: (server, users, timeout, signal) =>
      asClientError('the keys of its users', async () => {
        const answer = await deviceKeys.queryKeys(server, users, within(timeout, signal))
        return {
          deviceKeys: answer.device_keys as Readonly<Record<string, ByUser>>,
          masterKeys: (answer.master_keys ?? {}) as ByUser,
          selfSigningKeys: (answer.self_signing_keys ?? {}) as ByUser,
        }
      }),
    claimKeys: (server, wanted, timeout, signal) =>
      asClientError('one-time keys of its users', async () => {
        const answer = await deviceKeys.claimKeys(server, wanted, within(timeout, signal))
        return answer.one_time_keys as Awaited<ReturnType<RemoteUsers['claimKeys']>>
      }),
    sendToDevice: (server, { sender: from, type, messageId, messages }) =>
      sender().sendKept([server], {
        type: 'm.direct_to_device',
        content: { sender: from, type, message_id: messageId, messages: messages as unknown as JsonObject },
      }),
  }
}

function within(milliseconds: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(milliseconds)])
}
