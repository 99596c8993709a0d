/**
 * Cross-signing keys, and signatures uploaded on keys of devices and users. Client-server API, "Cross-signing".
 */
import type { UserId } from '@neurite/protocol'
import type { Database, Statement } from './database.ts'
import type { KeyJson } from './device-keys.ts'

export type CrossSigningUsage = 'master' | 'self_signing' | 'user_signing'

export interface CrossSigningKey {
  /** Unpadded base64. */
  readonly publicKey: string
  /** As it was uploaded. */
  readonly key: KeyJson
}

/** A signature on a device's or a user's key. */
export interface KeySignature {
  readonly targetUser: UserId
  /** A device ID, or the public key of a master key. */
  readonly target: string
  readonly signer: UserId
  /** `ed25519:…` */
  readonly keyId: string
  readonly signature: string
}

/** Signatures on one user's keys that are read at once. */
const maxSignatures = 10_000

export class CrossSigning {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** A user's keys by their usage. */
  of(userId: UserId): Partial<Record<CrossSigningUsage, CrossSigningKey>> {
    const rows = this.#database.all<{ usage: string; public_key: string; key: string }>(
      'SELECT usage, public_key, key FROM cross_signing_keys WHERE user_id = ?',
      userId,
    )
    return Object.fromEntries(
      rows.map(({ usage, public_key, key }) => [usage, { publicKey: public_key, key: JSON.parse(key) }]),
    )
  }

  /** Signatures of an older key of the same usage go with it. */
  set(userId: UserId, usage: CrossSigningUsage, { publicKey, key }: CrossSigningKey): Statement[] {
    return [
      {
        sql: `DELETE FROM key_signatures WHERE target_user = ? AND target IN
          (SELECT public_key FROM cross_signing_keys WHERE user_id = ? AND usage = ? AND public_key <> ?)`,
        values: [userId, userId, usage, publicKey],
      },
      {
        sql: 'INSERT OR REPLACE INTO cross_signing_keys VALUES (?, ?, ?, ?)',
        values: [userId, usage, publicKey, JSON.stringify(key)],
      },
    ]
  }

  removeAll(userId: UserId): Statement[] {
    return [
      { sql: 'DELETE FROM cross_signing_keys WHERE user_id = ?', values: [userId] },
      { sql: 'DELETE FROM key_signatures WHERE target_user = ?', values: [userId] },
    ]
  }

  /** Signatures on a user's keys by any of some signers. */
  signaturesOn(targetUser: UserId, signers: readonly UserId[]): KeySignature[] {
    return this.#database
      .all<{ target: string; signer: UserId; key_id: string; signature: string }>(
        `SELECT target, signer, key_id, signature FROM key_signatures
          WHERE target_user = ? AND signer IN (SELECT value FROM json_each(?)) LIMIT ?`,
        targetUser,
        JSON.stringify(signers),
        maxSignatures,
      )
      .map(({ target, signer, key_id, signature }) => ({ targetUser, target, signer, keyId: key_id, signature }))
  }

  sign({ targetUser, target, signer, keyId, signature }: KeySignature): Statement {
    return {
      sql: 'INSERT OR REPLACE INTO key_signatures VALUES (?, ?, ?, ?, ?)',
      values: [targetUser, target, signer, keyId, signature],
    }
  }
}
