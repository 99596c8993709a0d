/**
 * Shapes of key backups. Client-server API, "Server-side key backups".
 */
import { type Static, Type } from 'typebox'
import type { BackedUpKey, KeyBackup } from '../../storage/key-backups.ts'
import { anyObject } from '../schemas.ts'

/** Keys that one request may bring: clients send some hundred. */
const maxKeys = 10_000

export const keyData = Type.Object({
  first_message_index: Type.Integer({ minimum: 0 }),
  forwarded_count: Type.Integer({ minimum: 0 }),
  is_verified: Type.Boolean(),
  session_data: anyObject,
})

export const roomKeys = Type.Object({
  sessions: Type.Record(Type.String({ pattern: '^[\\s\\S]{1,255}$' }), keyData, {
    additionalProperties: false,
    maxProperties: maxKeys,
  }),
})

export const allKeys = Type.Object({
  rooms: Type.Record(Type.String({ pattern: '^![\\s\\S]{0,254}$' }), roomKeys, {
    additionalProperties: false,
    maxProperties: maxKeys,
  }),
})

/** What is backed up is opaque here: whichever algorithm the clients of a user agree on will do. */
export const algorithm = Type.String({ minLength: 1, maxLength: 255 })

export const backupInfo = Type.Object({
  algorithm: Type.String(),
  auth_data: anyObject,
  count: Type.Integer(),
  etag: Type.String(),
  version: Type.String(),
})

export const updated = Type.Object({ count: Type.Integer(), etag: Type.String() })

export function infoOf({ algorithm: name, authData, etag, version }: KeyBackup, count: number) {
  return { algorithm: name, auth_data: authData, count, etag: `${etag}`, version: `${version}` }
}

export function toStored(roomId: string, sessionId: string, data: Static<typeof keyData>): BackedUpKey {
  return {
    roomId,
    sessionId,
    firstMessageIndex: data.first_message_index,
    forwardedCount: data.forwarded_count,
    isVerified: data.is_verified,
    sessionData: data.session_data,
  }
}

export function toJson(key: BackedUpKey): Static<typeof keyData> {
  return {
    first_message_index: key.firstMessageIndex,
    forwarded_count: key.forwardedCount,
    is_verified: key.isVerified,
    session_data: key.sessionData,
  }
}
