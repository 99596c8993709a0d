/**
 * The keys of a local user, with the signatures that somebody may see. Client-server API, "Key and signature security".
 */
import type { UserId } from '@neurite/protocol'
import type { KeySignature } from '../../storage/cross-signing.ts'
import type { KeyJson } from '../../storage/device-keys.ts'
import type { ClientContext } from '../context.ts'

export interface UserKeys {
  /** By device ID. */
  readonly devices: Readonly<Record<string, KeyJson>>
  readonly master: KeyJson | undefined
  readonly selfSigning: KeyJson | undefined
  /** The user's own business: undefined for everybody else. */
  readonly userSigning: KeyJson | undefined
}

/**
 * @param viewer who asks: sees the user's own signatures and the viewer's; undefined for another server
 * @param wanted device IDs; none is all
 */
export function localKeys(
  { tables }: ClientContext,
  userId: UserId,
  viewer: UserId | undefined,
  wanted: readonly string[],
): UserKeys {
  const signers = viewer === undefined || viewer === userId ? [userId] : [userId, viewer]
  const signatures = Map.groupBy(tables.crossSigning.signaturesOn(userId, signers), ({ target }) => target)
  const names = new Map(tables.devices.of(userId).map(({ deviceId, displayName }) => [deviceId, displayName]))
  const devices = [...tables.deviceKeys.of(userId)]
    .filter(([deviceId]) => wanted.length === 0 || wanted.includes(deviceId))
    .map(([deviceId, keys]) => {
      const displayName = names.get(deviceId)
      const unsigned = displayName === undefined ? {} : { device_display_name: displayName }
      return [deviceId, { ...signed(keys, signatures.get(deviceId)), unsigned }] as const
    })
  const { master, self_signing: selfSigning, user_signing: userSigning } = tables.crossSigning.of(userId)
  return {
    devices: Object.fromEntries(devices),
    master: master && signed(master.key, signatures.get(master.publicKey)),
    selfSigning: selfSigning?.key,
    userSigning: viewer === userId ? userSigning?.key : undefined,
  }
}

/** A key with more signatures than those that it was uploaded with. */
export function signed(key: KeyJson, more: readonly KeySignature[] = []): KeyJson {
  const signatures = new Map(
    Object.entries((key['signatures'] ?? {}) as Record<string, Record<string, string>>).map(([signer, by]) => [
      signer,
      new Map(Object.entries(by)),
    ]),
  )
  for (const { signer, keyId, signature } of more) {
    const by = signatures.get(signer) ?? new Map<string, string>()
    signatures.set(signer, by.set(keyId, signature))
  }
  if (signatures.size === 0) return key
  const entries = [...signatures].map(([signer, by]) => [signer, Object.fromEntries(by)] as const)
  return { ...key, signatures: Object.fromEntries(entries) }
}
