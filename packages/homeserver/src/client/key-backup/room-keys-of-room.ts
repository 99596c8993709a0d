/**
 * PUT, GET and DELETE /room_keys/keys/{roomId}: the keys of a room. Client-server API, "Server-side key backups".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { roomKeys, toJson, toStored, updated } from './backup-schemas.ts'
import { findBackup } from './find-backup.ts'
import { removeKeys, storeKeys } from './store-keys.ts'

const path = '/room_keys/keys/{roomId}'
const query = Type.Object({ version: Type.String() })
/** A key is some 600 bytes: as many as the schema allows at once. */
const maxBody = 16 * 1024 * 1024

export const putKeysOfRoom = endpoint(
  { method: 'PUT', at: v3, path, access: 'user', query, maxBody, body: roomKeys, response: updated },
  ({ context, caller, parameters: { roomId }, query: { version }, body }) => {
    const keys = Object.entries(body.sessions).map(([sessionId, data]) => toStored(roomId, sessionId, data))
    return storeKeys(context, caller.userId, version, keys)
  },
)

/** A room without keys is no error. */
export const getKeysOfRoom = endpoint(
  { method: 'GET', at: v3, path, access: 'user', query, response: roomKeys },
  ({ context, caller, parameters: { roomId }, query: { version } }) => {
    const found = findBackup(context, caller.userId, version)
    const keys = context.tables.keyBackups.keys(caller.userId, found.version, { roomId })
    return { sessions: Object.fromEntries(keys.map(key => [key.sessionId, toJson(key)])) }
  },
)

export const deleteKeysOfRoom = endpoint(
  { method: 'DELETE', at: v3, path, access: 'user', query, response: updated },
  ({ context, caller, parameters: { roomId }, query: { version } }) =>
    removeKeys(context, caller.userId, version, { roomId }),
)
