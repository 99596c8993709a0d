/**
 * PUT, GET and DELETE /room_keys/keys/{roomId}/{sessionId}: one key. Client-server API, "Server-side key backups".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { notFound } from '../errors.ts'
import { keyData, toJson, toStored, updated } from './backup-schemas.ts'
import { findBackup } from './find-backup.ts'
import { removeKeys, storeKeys } from './store-keys.ts'

const path = '/room_keys/keys/{roomId}/{sessionId}'
const query = Type.Object({ version: Type.String() })

export const putKeyOfSession = endpoint(
  { method: 'PUT', at: v3, path, access: 'user', query, body: keyData, response: updated },
  ({ context, caller, parameters: { roomId, sessionId }, query: { version }, body }) =>
    storeKeys(context, caller.userId, version, [toStored(roomId, sessionId, body)]),
)

export const getKeyOfSession = endpoint(
  { method: 'GET', at: v3, path, access: 'user', query, response: keyData },
  ({ context, caller, parameters: { roomId, sessionId }, query: { version } }) => {
    const found = findBackup(context, caller.userId, version)
    const [key] = context.tables.keyBackups.keys(caller.userId, found.version, { roomId, sessionId })
    if (key === undefined) throw notFound('the backup has no such key')
    return toJson(key)
  },
)

export const deleteKeyOfSession = endpoint(
  { method: 'DELETE', at: v3, path, access: 'user', query, response: updated },
  ({ context, caller, parameters: { roomId, sessionId }, query: { version } }) =>
    removeKeys(context, caller.userId, version, { roomId, sessionId }),
)
