/**
 * The policy server of a room, and its signatures. Server-server API, "Policy Servers": "Determining if a Policy Server is enabled in a
 * room", "Validating Policy Server signatures".
 */
import {
  type Crypto,
  decodeBase64,
  isJsonObject,
  isServerName,
  type JsonObject,
  type RoomEvent,
  type ServerName,
  verifyJson,
} from '@neurite/protocol'
import { emptyStateKeyNid } from '../types/index.ts'
import type { StepContext } from './step.ts'

export const policyType = 'm.room.policy'
/** "The Key ID for the `ed25519` key in `m.room.policy` is *always* `ed25519:policy_server`." */
export const policyKeyId = 'ed25519:policy_server'

/** Of an Ed25519 key. */
const publicKeyBytes = 32

export interface PolicyServer {
  readonly server: ServerName
  /** Undefined: what the room has is no key, so that no signature fits. */
  readonly publicKey: Uint8Array | undefined
}

/** Whether a policy server has a say in an event. Not in who it is itself, so that a room can do without one that is gone. */
export function isForPolicyServer({ type, stateKey }: Pick<RoomEvent, 'type' | 'stateKey'>): boolean {
  return type !== policyType || stateKey !== ''
}

/** The policy server of the room as it is now. @returns undefined where it has none: nobody is named, or nobody of that server is in it */
export async function policyServerOf({
  room,
  reader,
  states,
  events,
}: Pick<StepContext, 'room' | 'reader' | 'states' | 'events'>): Promise<PolicyServer | undefined> {
  const type = (await reader.eventTypeNids([policyType])).get(policyType)
  if (type === undefined) return undefined
  const nid = (await states.view(room.currentSnapshot)).get(type, emptyStateKeyNid)
  if (nid === 0) return undefined
  const named = namedIn((await events.load([nid])).get(nid)?.content)
  if (named === undefined || (await reader.joinedMembersOfServer(room.nid, named.server)) === 0) return undefined
  return named
}

/** "Valid means `content` contains at least: a string value for `via`; an object value for `public_keys` containing at least a string value for `ed25519`." */
function namedIn(content: JsonObject | undefined): PolicyServer | undefined {
  const server = content?.['via']
  const keys = content?.['public_keys']
  const key = isJsonObject(keys) ? keys['ed25519'] : undefined
  if (!isServerName(server) || typeof key !== 'string') return undefined
  const publicKey = decodeBase64(key, 'either')
  return { server, publicKey: publicKey?.length === publicKeyBytes ? publicKey : undefined }
}

/** Whether an event has the signature of a policy server. It covers what the signatures of other servers cover. */
export function isSignedBy(
  { server, publicKey }: PolicyServer,
  { json, signedText }: RoomEvent,
  crypto: Crypto,
): boolean {
  return publicKey !== undefined && verifyJson(json, signedText, server, policyKeyId, publicKey, crypto)
}
