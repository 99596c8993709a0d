/**
 * Keys into a backup, and out of it. Client-server API, "Server-side key backups".
 */
import type { UserId } from '@neurite/protocol'
import type { BackedUpKey, KeySelection } from '../../storage/key-backups.ts'
import type { ClientContext } from '../context.ts'
import { findBackup, findCurrentBackup } from './find-backup.ts'

export interface Updated {
  readonly count: number
  readonly etag: string
}

/** Of two copies of a key the better one is kept. @throws {ClientError} where it is not the current backup */
export async function storeKeys(
  context: ClientContext,
  userId: UserId,
  version: string,
  keys: readonly BackedUpKey[],
): Promise<Updated> {
  const { tables, database, turns } = context
  return turns.take(`key backup ${userId}`, async () => {
    const current = findCurrentBackup(context, userId, version)
    const better = keys.filter(key => {
      const [known] = tables.keyBackups.keys(userId, current.version, key)
      return known === undefined || isBetter(key, known)
    })
    if (better.length > 0)
      await database.write(
        ...better.map(key => tables.keyBackups.set(userId, current.version, key)),
        tables.keyBackups.touch(userId, current.version),
      )
    return updatedOf(context, userId, current.version)
  })
}

/** @throws {ClientError} where there is no such backup */
export async function removeKeys(
  context: ClientContext,
  userId: UserId,
  version: string,
  selection: KeySelection,
): Promise<Updated> {
  const { tables, database, turns } = context
  return turns.take(`key backup ${userId}`, async () => {
    const found = findBackup(context, userId, version)
    if (tables.keyBackups.keys(userId, found.version, selection).length > 0)
      await database.write(
        tables.keyBackups.removeKeys(userId, found.version, selection),
        tables.keyBackups.touch(userId, found.version),
      )
    return updatedOf(context, userId, found.version)
  })
}

function updatedOf({ tables }: ClientContext, userId: UserId, version: number): Updated {
  const etag = tables.keyBackups.find(userId, version)?.etag ?? 0
  return { count: tables.keyBackups.count(userId, version), etag: `${etag}` }
}

/** Verified before unverified; then the one that decrypts more; then the one that went through fewer hands. */
function isBetter(key: BackedUpKey, known: BackedUpKey): boolean {
  if (key.isVerified !== known.isVerified) return key.isVerified
  if (key.firstMessageIndex !== known.firstMessageIndex) return key.firstMessageIndex < known.firstMessageIndex
  return key.forwardedCount < known.forwardedCount
}
