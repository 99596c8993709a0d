/**
 * The backup that a request is about.
 */
import type { UserId } from '@neurite/protocol'
import type { KeyBackup } from '../../storage/key-backups.ts'
import type { ClientContext } from '../context.ts'
import { ClientError, notFound } from '../errors.ts'

/** A backup that was deleted is found too. @throws {ClientError} `M_NOT_FOUND` */
export function findAnyBackup({ tables }: ClientContext, userId: UserId, version: string): KeyBackup {
  const found = /^\d{1,15}$/.test(version) ? tables.keyBackups.find(userId, Number(version)) : undefined
  if (found === undefined) throw notFound(`you have no backup of version ${version}`)
  return found
}

/** @throws {ClientError} `M_NOT_FOUND` */
export function findBackup(context: ClientContext, userId: UserId, version: string): KeyBackup {
  const found = findAnyBackup(context, userId, version)
  if (found.isDeleted) throw notFound(`the backup of version ${version} was deleted`)
  return found
}

/**
 * Keys are written to the newest backup only.
 * @throws {ClientError} `M_WRONG_ROOM_KEYS_VERSION` with the version of that one; `M_NOT_FOUND` where there is none
 */
export function findCurrentBackup({ tables }: ClientContext, userId: UserId, wanted: string): KeyBackup {
  const current = tables.keyBackups.current(userId)
  if (current === undefined) throw notFound('you have no backup')
  if (wanted !== `${current.version}`)
    throw new ClientError('M_WRONG_ROOM_KEYS_VERSION', 'this is not the current backup', {
      fields: { current_version: `${current.version}` },
    })
  return current
}
