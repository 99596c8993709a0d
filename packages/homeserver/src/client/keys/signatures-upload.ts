/**
 * POST /keys/signatures/upload: signatures of a user on own devices, on the own master key, on others' master keys. Client-server
 * API, "Cross-signing".
 */
import { belongsTo, isUserId, serverNameOf, type UserId } from '@neurite/protocol'
import { Type } from 'typebox'
import type { KeySignature } from '../../storage/cross-signing.ts'
import type { KeyJson } from '../../storage/device-keys.ts'
import type { ClientContext } from '../context.ts'
import { endpoint, type RequestFacts, v3 } from '../endpoint.ts'
import { ClientError, invalidParameter, notFound } from '../errors.ts'
import { anyObject } from '../schemas.ts'
import { timeoutOf } from './by-server.ts'
import { hasSignature, isSameSigned } from './same-json.ts'

/** Of one request. */
const maxUsers = 1_000
const maxTargets = 1_000

interface Task {
  readonly context: ClientContext
  readonly signer: UserId
  readonly targetUser: UserId
  /** A device ID or a public key. */
  readonly target: string
  readonly object: KeyJson
  readonly request: RequestFacts
}

/** A key that may have made the signature. */
interface SigningKey {
  readonly keyId: string
  readonly publicKey: string
}

export const signaturesUpload = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/keys/signatures/upload',
    access: 'user',
    body: Type.Record(Type.String(), Type.Record(Type.String(), anyObject, { maxProperties: maxTargets }), {
      maxProperties: maxUsers,
    }),
    response: Type.Object({ failures: Type.Record(Type.String(), anyObject) }),
  },
  async ({ context, caller, body, request }) => {
    const { tables, streams } = context
    const good: KeySignature[] = []
    const failures = new Map<string, Map<string, { errcode: string; error: string }>>()
    for (const [targetUser, targets] of Object.entries(body))
      for (const [target, object] of Object.entries(targets)) {
        try {
          if (!isUserId(targetUser)) throw invalidParameter(`${targetUser} is no user ID`)
          good.push(
            ...(await checkedSignatures({ context, signer: caller.userId, targetUser, target, object, request })),
          )
        } catch (error) {
          if (!(error instanceof ClientError)) throw error
          const ofUser = failures.get(targetUser) ?? new Map()
          failures.set(targetUser, ofUser.set(target, { errcode: error.errcode, error: error.message }))
        }
      }
    const changed = [...new Set(good.map(({ targetUser }) => targetUser))]
    if (changed.length > 0)
      await streams.write(
        { device_lists: changed },
        ...good.map(signature => tables.crossSigning.sign(signature)),
        // Signatures on others' keys are seen by the signer alone.
        ...changed.map(userId =>
          userId === caller.userId
            ? tables.deviceKeys.changed(userId)
            : tables.deviceKeys.changedFor(userId, caller.userId),
        ),
      )
    const entries = [...failures].map(([userId, ofUser]) => [userId, Object.fromEntries(ofUser)] as const)
    return { failures: Object.fromEntries(entries) }
  },
)

/** @throws {ClientError} where the object is not the key that is here, or is not signed by a key that may sign it */
async function checkedSignatures(task: Task): Promise<KeySignature[]> {
  const { signer, targetUser, target, object } = task
  const { key, signers } = targetUser === signer ? own(task) : await ofOther(task)
  if (!isSameSigned(key, object)) throw new ClientError('M_INVALID_SIGNATURE', 'the key is not the one that is here')
  const { [signer]: by = {} } = (object['signatures'] ?? {}) as Record<string, Record<string, string>>
  const given = signers.filter(({ keyId }) => Object.hasOwn(by, keyId))
  if (given.length === 0) throw new ClientError('M_INVALID_SIGNATURE', 'it is not signed by a key that may sign it')
  return given.map(({ keyId, publicKey }) => {
    if (!hasSignature(object, signer, keyId, publicKey))
      throw new ClientError('M_INVALID_SIGNATURE', `the signature by ${keyId} is wrong`)
    return { targetUser, target, signer, keyId, signature: by[keyId] as string }
  })
}

/** Own devices are signed by the self-signing key, the own master key by devices. */
function own({ context, signer, target }: Task): { key: KeyJson; signers: SigningKey[] } {
  const { deviceKeys, crossSigning } = context.tables
  const { master, self_signing: selfSigning } = crossSigning.of(signer)
  if (target === master?.publicKey) {
    const signers = [...deviceKeys.of(signer)].flatMap(([deviceId, { keys }]) => {
      const { [`ed25519:${deviceId}`]: publicKey } = keys as Record<string, string>
      return publicKey === undefined ? [] : [{ keyId: `ed25519:${deviceId}`, publicKey }]
    })
    return { key: master.key, signers }
  }
  const key = deviceKeys.find(signer, target)
  if (key === undefined) throw notFound(`you have no key ${target}`)
  if (selfSigning === undefined) throw notFound('you have no self-signing key')
  return { key, signers: [signingKey(selfSigning.publicKey)] }
}

/** Others' master keys are signed by the user-signing key. */
async function ofOther(task: Task): Promise<{ key: KeyJson; signers: SigningKey[] }> {
  const { context, signer, target } = task
  const { user_signing: userSigning } = context.tables.crossSigning.of(signer)
  if (userSigning === undefined) throw notFound('you have no user-signing key')
  const key = await masterKeyOf(task)
  if (key === undefined || !Object.hasOwn((key['keys'] ?? {}) as object, `ed25519:${target}`))
    throw notFound(`there is no master key ${target} of that user`)
  return { key, signers: [signingKey(userSigning.publicKey)] }
}

async function masterKeyOf({ context, targetUser, request }: Task): Promise<KeyJson | undefined> {
  const { serverName, tables, remoteUsers } = context
  if (belongsTo(targetUser, serverName)) return tables.crossSigning.of(targetUser).master?.key
  const server = serverNameOf(targetUser)
  const keys = await remoteUsers.keys(server, { [targetUser]: [] }, timeoutOf(undefined), request.signal)
  return keys.masterKeys[targetUser]
}

function signingKey(publicKey: string): SigningKey {
  return { keyId: `ed25519:${publicKey}`, publicKey }
}
