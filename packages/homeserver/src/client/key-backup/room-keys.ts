/**
 * PUT, GET and DELETE /room_keys/keys: all keys of a backup. Client-server API, "Server-side key backups".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { allKeys, toJson, toStored, updated } from './backup-schemas.ts'
import { findBackup } from './find-backup.ts'
import { removeKeys, storeKeys } from './store-keys.ts'

const path = '/room_keys/keys'
const query = Type.Object({ version: Type.String() })
/** A key is some 600 bytes: as many as the schema allows at once. */
const maxBody = 16 * 1024 * 1024

export const putKeys = endpoint(
  { method: 'PUT', at: v3, path, access: 'user', query, maxBody, body: allKeys, response: updated },
  ({ context, caller, query: { version }, body }) => {
    const keys = Object.entries(body.rooms).flatMap(([roomId, { sessions }]) =>
      Object.entries(sessions).map(([sessionId, data]) => toStored(roomId, sessionId, data)),
    )
    return storeKeys(context, caller.userId, version, keys)
  },
)

export const getKeys = endpoint(
  { method: 'GET', at: v3, path, access: 'user', query, response: allKeys },
  ({ context, caller, query: { version } }) => {
    const found = findBackup(context, caller.userId, version)
    const keys = context.tables.keyBackups.keys(caller.userId, found.version, {})
    const rooms = [...Map.groupBy(keys, ({ roomId }) => roomId)].map(([roomId, ofRoom]) => {
      const sessions = Object.fromEntries(ofRoom.map(key => [key.sessionId, toJson(key)]))
      return [roomId, { sessions }] as const
    })
    return { rooms: Object.fromEntries(rooms) }
  },
)

export const deleteKeys = endpoint(
  { method: 'DELETE', at: v3, path, access: 'user', query, response: updated },
  ({ context, caller, query: { version } }) => removeKeys(context, caller.userId, version, {}),
)
