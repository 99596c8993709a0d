/**
 * The floor: what nobody can do a federated event without. Parse, content hash, reference hash, one Ed25519 verification, and
 * the insert of the same bytes, 50 to a commit that is synced. The bytes that are hashed and verified are taken as given:
 * writing canonical JSON is not in it. One thread.
 */
import { hash, type KeyObject, verify } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { contentHashText, type JsonObject, nodeCrypto, type RoomVersionRules, readPdu } from '@neurite/protocol'
import { publicKeyObject, signatureOf } from '../protocol/raw-signatures.ts'
import { publicKeyOf } from './scripted-room.ts'
import { batchSize, temporaryFolder } from './server.ts'

/** An event with what the floor needs of it. */
export interface FloorEvent {
  readonly pdu: string
  readonly contentText: string
  readonly signedText: string
  readonly key: KeyObject
  readonly signature: Uint8Array
}

export function floorEvent(pdu: string, rules: RoomVersionRules): FloorEvent {
  const json = JSON.parse(pdu) as JsonObject
  const { signedText } = readPdu(pdu, rules, nodeCrypto).event
  const { server, signature } = signatureOf(json)
  return { pdu, contentText: contentHashText(json), signedText, key: publicKeyObject(publicKeyOf(server)), signature }
}

export class Floor {
  readonly #database = new DatabaseSync(join(temporaryFolder(), 'floor.db'))
  readonly #insert

  constructor() {
    this.#database.exec('PRAGMA journal_mode = WAL')
    this.#database.exec('PRAGMA synchronous = FULL')
    this.#database.exec('CREATE TABLE events (event INTEGER PRIMARY KEY, json TEXT NOT NULL)')
    this.#insert = this.#database.prepare('INSERT INTO events (json) VALUES (?)')
  }

  take(events: readonly FloorEvent[]): void {
    for (let at = 0; at < events.length; at += batchSize) {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const event of events.slice(at, at + batchSize)) {
        checkOnly(event)
        this.#insert.run(event.pdu)
      }
      this.#database.exec('COMMIT')
    }
  }

  close(): void {
    this.#database.close()
  }
}

function checkOnly({ pdu, contentText, signedText, key, signature }: FloorEvent): void {
  const json: unknown = JSON.parse(pdu)
  const hashes = [hash('sha256', contentText, 'buffer'), hash('sha256', signedText, 'buffer')]
  if (json === null || hashes.length !== 2) throw new Error('the floor was not done')
  if (!verify(null, Buffer.from(signedText), key, signature)) throw new Error('the signature does not fit')
}
