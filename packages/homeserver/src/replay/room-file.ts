/**
 * Reading a room file: the events of a room with what must come out at each. The format is described in
 * docs/room-files.md.
 */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import {
  canonicalJson,
  decodeBase64,
  isJsonObject,
  JsonError,
  type JsonObject,
  type JsonValue,
  parseJson,
  type RoomVersionRules,
  rulesOf,
  UnsupportedRoomVersion,
} from '@neurite/protocol'

/** A file that cannot be read, or is not a room file. The message names the file, the line or event, and the reason. */
export class RoomFileError extends Error {
  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`${file}: ${reason}`, options)
    this.name = 'RoomFileError'
  }
}

/** A state as files give it: a digest, its size, and in places the rows themselves. */
export interface ExpectedState {
  readonly sha256: string
  readonly count: number
  readonly entries: readonly StateRow[] | undefined
}

/** One entry of a state. */
export type StateRow = readonly [type: string, stateKey: string, eventId: string]

/** What must come out for one event, whatever the order of arrival. */
export interface ExpectedVerdict {
  readonly verdict: 'accepted' | 'rejected'
  /** For rejected events, the first check that fails. `malformed` stands for "dropped or rejected". */
  readonly check: 'signature' | 'malformed' | 'auth_events' | 'state_before' | undefined
  readonly redacted: boolean
  readonly stateBefore: ExpectedState | undefined
}

export interface RoomFileEvent {
  readonly eventId: string
  readonly from: string
  /** The PDU as JSON text. */
  readonly pdu: string
  readonly expect: ExpectedVerdict
}

/** One order of arrival, and what depends on it. */
export interface ArrivalOrder {
  /** Indexes into `events`. */
  readonly order: readonly number[]
  /** Indexes of the events that must soft-fail. */
  readonly softFailed: ReadonlySet<number>
  /** Event IDs, sorted. */
  readonly forwardExtremities: readonly string[]
  readonly finalState: ExpectedState
}

export interface RoomFile {
  readonly file: string
  readonly rules: RoomVersionRules
  readonly roomId: string
  /** Server name, then key ID, to public key. */
  readonly serverKeys: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>
  readonly events: readonly RoomFileEvent[]
  /** The order of `events` first, then the others. */
  readonly orders: readonly ArrivalOrder[]
}

/** A room file is read whole; larger ones are refused. 1 GiB holds some 700,000 events. */
const maxFileBytes = 1 << 30

const inflate = promisify(gunzip)

/**
 * Reads a `.json` or `.json.gz` file.
 * @throws {RoomFileError}
 */
export async function readRoomFile(file: string): Promise<RoomFile> {
  const value = parse(await bytesOf(file), file)
  const reader = new FieldReader(file, 'the file', value)
  const rules = roomVersionOf(reader.string('room_version'), file)
  const events = reader.list('events').map((event, index) => readEvent(event, index, file))
  const finalState = reader.list('final_state').map((row, index) => readRow(row, `final_state[${index}]`, file))
  const first: ArrivalOrder = {
    order: events.map((_, index) => index),
    softFailed: new Set(events.flatMap((event, index) => (event.softFailed ? [index] : []))),
    forwardExtremities: reader.strings('forward_extremities'),
    finalState: { sha256: reader.string('final_state_sha256'), count: finalState.length, entries: finalState },
  }
  const others = (reader.optionalList('other_orders') ?? []).map((order, index) =>
    readOrder(order, index, events.length, file),
  )
  return {
    file,
    rules,
    roomId: reader.string('room_id'),
    serverKeys: readServerKeys(reader.object('server_keys'), file),
    events,
    orders: [first, ...others],
  }
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(file)
    return file.endsWith('.gz') ? await inflate(bytes, { maxOutputLength: maxFileBytes }) : bytes
  } catch (error) {
    throw new RoomFileError(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function parse(bytes: Uint8Array, file: string): JsonValue {
  try {
    // Lenient, since a file holds events of any room version; strictness is for reading the events themselves.
    return parseJson(bytes, { mode: 'lenient', maxBytes: maxFileBytes })
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    if (error.offset === undefined) throw new RoomFileError(file, error.message, { cause: error })
    // The offset counts UTF-16 units of the text, not bytes.
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).slice(0, error.offset)
    throw new RoomFileError(file, `line ${before.split('\n').length}: ${error.message}`, { cause: error })
  }
}

function roomVersionOf(version: string, file: string): RoomVersionRules {
  try {
    return rulesOf(version)
  } catch (error) {
    if (error instanceof UnsupportedRoomVersion) throw new RoomFileError(file, error.message, { cause: error })
    throw error
  }
}

function readEvent(value: JsonValue, index: number, file: string): RoomFileEvent & { readonly softFailed: boolean } {
  const place = `events[${index}]`
  const reader = new FieldReader(file, place, value)
  const eventId = reader.string('event_id')
  const expect = new FieldReader(file, `${place} (${eventId}), expect`, reader.object('expect'))
  const verdict = expect.oneOf('verdict', ['accepted', 'rejected'])
  return {
    eventId,
    from: reader.string('from'),
    pdu: canonicalJson(reader.object('pdu')),
    softFailed: expect.optionalBoolean('soft_failed'),
    expect: {
      verdict,
      check:
        verdict === 'rejected'
          ? expect.oneOf('check', ['signature', 'malformed', 'auth_events', 'state_before'])
          : undefined,
      redacted: expect.optionalBoolean('redacted'),
      stateBefore: readState(expect.optionalObject('state_before'), `${place} (${eventId}), state_before`, file),
    },
  }
}

function readState(value: JsonObject | undefined, place: string, file: string): ExpectedState | undefined {
  if (value === undefined) return undefined
  const reader = new FieldReader(file, place, value)
  return {
    sha256: reader.string('sha256'),
    count: reader.integer('count'),
    entries: reader.optionalList('entries')?.map((row, index) => readRow(row, `${place}.entries[${index}]`, file)),
  }
}

function readRow(value: JsonValue, place: string, file: string): StateRow {
  if (!Array.isArray(value) || value.length !== 3 || !value.every(part => typeof part === 'string'))
    throw new RoomFileError(file, `${place} is not [type, state key, event ID]`)
  return value as unknown as StateRow
}

function readOrder(value: JsonValue, index: number, eventCount: number, file: string): ArrivalOrder {
  const place = `other_orders[${index}]`
  const reader = new FieldReader(file, place, value)
  const order = reader.integers('order')
  if (order.length !== eventCount || new Set(order).size !== eventCount || order.some(at => at < 0 || at >= eventCount))
    throw new RoomFileError(file, `${place}.order does not hold each of the ${eventCount} events once`)
  const softFailed = reader.integers('soft_failed')
  const foreign = softFailed.find(at => at < 0 || at >= eventCount)
  if (foreign !== undefined)
    throw new RoomFileError(file, `${place}.soft_failed names ${foreign}, which is none of the ${eventCount} events`)
  return {
    order,
    softFailed: new Set(softFailed),
    forwardExtremities: reader.strings('forward_extremities'),
    finalState: {
      sha256: reader.string('final_state_sha256'),
      count: reader.integer('final_state_count'),
      entries: undefined,
    },
  }
}

function readServerKeys(servers: JsonObject, file: string): Map<string, ReadonlyMap<string, Uint8Array>> {
  const keys = new Map<string, ReadonlyMap<string, Uint8Array>>()
  for (const [server, value] of Object.entries(servers)) {
    if (!isJsonObject(value)) throw new RoomFileError(file, `server_keys of ${server} is not an object`)
    const ofServer = new Map<string, Uint8Array>()
    for (const [keyId, encoded] of Object.entries(value)) {
      const key = typeof encoded === 'string' ? decodeBase64(encoded, 'standard') : undefined
      if (key === undefined) throw new RoomFileError(file, `server_keys: ${keyId} of ${server} is not base64`)
      ofServer.set(keyId, key)
    }
    keys.set(server, ofServer)
  }
  return keys
}

/** Reads the fields of an object, each with the type that it must have. */
class FieldReader {
  readonly #file: string
  readonly #place: string
  readonly #object: JsonObject

  constructor(file: string, place: string, value: JsonValue) {
    if (!isJsonObject(value)) throw new RoomFileError(file, `${place} is not an object`)
    this.#file = file
    this.#place = place
    this.#object = value
  }

  string(name: string): string {
    const value = this.#object[name]
    return typeof value === 'string' ? value : this.#fail(name, 'a string')
  }

  integer(name: string): number {
    const value = this.#object[name]
    return typeof value === 'number' ? value : this.#fail(name, 'an integer')
  }

  optionalBoolean(name: string): boolean {
    const value = this.#object[name] ?? false
    return typeof value === 'boolean' ? value : this.#fail(name, 'true or false')
  }

  oneOf<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.#object[name]
    return choices.find(choice => choice === value) ?? this.#fail(name, `one of ${choices.join(', ')}`)
  }

  object(name: string): JsonObject {
    return this.optionalObject(name) ?? this.#fail(name, 'an object')
  }

  optionalObject(name: string): JsonObject | undefined {
    const value = this.#object[name]
    return value === undefined || isJsonObject(value) ? value : this.#fail(name, 'an object')
  }

  list(name: string): readonly JsonValue[] {
    return this.optionalList(name) ?? this.#fail(name, 'an array')
  }

  optionalList(name: string): readonly JsonValue[] | undefined {
    const value = this.#object[name]
    return value === undefined || Array.isArray(value) ? value : this.#fail(name, 'an array')
  }

  strings(name: string): string[] {
    return this.list(name).map(item => (typeof item === 'string' ? item : this.#fail(name, 'an array of strings')))
  }

  integers(name: string): number[] {
    return this.list(name).map(item => (typeof item === 'number' ? item : this.#fail(name, 'an array of integers')))
  }

  #fail(name: string, expected: string): never {
    throw new RoomFileError(this.#file, `${this.#place}: ${name} is not ${expected}`)
  }
}
