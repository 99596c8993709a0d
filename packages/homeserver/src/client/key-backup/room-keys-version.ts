/**
 * POST and GET /room_keys/version; GET, PUT and DELETE /room_keys/version/{version}. Client-server API, "Server-side key backups".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { invalidParameter, notFound } from '../errors.ts'
import { anyObject, empty } from '../schemas.ts'
import { algorithm, backupInfo, infoOf } from './backup-schemas.ts'
import { findAnyBackup, findBackup } from './find-backup.ts'

const all = '/room_keys/version'
const one = '/room_keys/version/{version}'

export const createBackup = endpoint(
  {
    method: 'POST',
    at: v3,
    path: all,
    access: 'user',
    body: Type.Object({ algorithm, auth_data: anyObject }),
    response: Type.Object({ version: Type.String() }),
  },
  async ({ context, caller, body }) => {
    const create = context.tables.keyBackups.create(caller.userId, body.algorithm, body.auth_data)
    const [created] = await context.database.write(create)
    return { version: `${created?.rows[0]?.['version']}` }
  },
)

export const currentBackup = endpoint(
  { method: 'GET', at: v3, path: all, access: 'user', response: backupInfo },
  ({ context, caller }) => {
    const { keyBackups } = context.tables
    const current = keyBackups.current(caller.userId)
    if (current === undefined) throw notFound('you have no backup')
    return infoOf(current, keyBackups.count(caller.userId, current.version))
  },
)

export const backup = endpoint(
  { method: 'GET', at: v3, path: one, access: 'user', response: backupInfo },
  ({ context, caller, parameters }) => {
    const found = findBackup(context, caller.userId, parameters.version)
    return infoOf(found, context.tables.keyBackups.count(caller.userId, found.version))
  },
)

export const updateBackup = endpoint(
  {
    method: 'PUT',
    at: v3,
    path: one,
    access: 'user',
    body: Type.Object({ algorithm, auth_data: anyObject, version: Type.Optional(Type.String()) }),
    response: empty,
  },
  async ({ context, caller, parameters, body }) => {
    const { tables, database } = context
    const found = findBackup(context, caller.userId, parameters.version)
    if (body.algorithm !== found.algorithm) throw invalidParameter('the algorithm of a backup cannot be changed')
    if (body.version !== undefined && body.version !== parameters.version)
      throw invalidParameter('the version in the body is not that of the path')
    await database.write(tables.keyBackups.setAuthData(caller.userId, found.version, body.auth_data))
    return {}
  },
)

export const deleteBackup = endpoint(
  { method: 'DELETE', at: v3, path: one, access: 'user', response: empty },
  async ({ context, caller, parameters }) => {
    const { tables, database, turns } = context
    // Once more is no error.
    const found = findAnyBackup(context, caller.userId, parameters.version)
    await turns.take(`key backup ${caller.userId}`, () =>
      database.write(...tables.keyBackups.remove(caller.userId, found.version)),
    )
    return {}
  },
)
