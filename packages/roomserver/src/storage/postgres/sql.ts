/**
 * The connection, and how values travel: numbers for bigint (no NID is above 2^53), bytes for text from outside.
 */
import postgres from 'postgres'
import { hashBytes, isHash, unpackEventId } from '../packed/event-id.ts'
import { type StoredText, toStored, toText } from '../packed/text.ts'

export type Sql = postgres.Sql<{ bigint: number }>
export type Transaction = postgres.TransactionSql<{ bigint: number }>

const bigintOid = 20
const byteaArrayOid = 1001

/** @param connections at most so many at once */
export function connect(url: string, connections: number, schema: string | undefined): Sql {
  return postgres(url, {
    max: connections,
    onnotice: () => undefined,
    ...(schema !== undefined && { connection: { search_path: schema } }),
    types: { bigint: { to: bigintOid, from: [bigintOid], parse: Number, serialize: String } },
  })
}

/** A list as one parameter. The driver takes a list of bytes for one value of them, so its type is said. */
export function list(sql: Sql | Transaction, values: readonly unknown[]): never {
  const hasBytes = values.some(value => value instanceof Uint8Array)
  return (hasBytes ? sql.typed(values as never, byteaArrayOid) : values) as never
}

/** Text as bytea: UTF-8, or the marked units of what is not well formed. The mark is no UTF-8, so the two never meet. */
export function toBytes(text: string): Buffer {
  return storedToBytes(toStored(text))
}

export function storedToBytes(stored: StoredText): Buffer {
  return typeof stored === 'string' ? Buffer.from(stored) : Buffer.from(stored)
}

export function fromBytes(bytes: Uint8Array): string {
  return bytes[0] === 0xff ? toText(bytes) : Buffer.from(bytes).toString()
}

/** An event ID in one piece. A first byte tells its 32 bytes from text of that length. */
export function idToBytes(eventId: string): Buffer {
  return isHash(eventId) ? Buffer.concat([hashMark, hashBytes(eventId)]) : Buffer.concat([textMark, toBytes(eventId)])
}

export function idFromBytes(bytes: Buffer): string {
  return bytes[0] === hashMark[0] ? unpackEventId(bytes.subarray(1)) : fromBytes(bytes.subarray(1))
}

const textMark = Buffer.of(0)
const hashMark = Buffer.of(1)
