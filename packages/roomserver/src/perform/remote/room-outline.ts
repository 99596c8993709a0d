/**
 * The outline of a room: the few state events by which somebody who is not in it sees which room it is. Servers give each other whole
 * events, with the create event; clients get stripped ones. Client-server API, "Stripped state"; server-server API, "Inviting to a room".
 */
import {
  type Crypto,
  isJsonObject,
  JsonError,
  type JsonObject,
  PduError,
  parseJson,
  type RoomEvent,
  readPdu,
  strippedState,
  strippedStateTypes,
} from '@neurite/protocol'
import type { PerformContext } from '../context.ts'
import { type FoundRoom, stateEntries, type Tuple } from '../room-state.ts'

/** Events of an outline that are looked at: some more than there are types. */
const maxOutline = 50

/** The outline of a room that is here. @param member whose membership is part of it: the one who invites */
export async function outlineOf(
  room: FoundRoom,
  member: string | undefined,
  context: PerformContext,
): Promise<RoomEvent[]> {
  const tuples = strippedStateTypes.map((type): Tuple => [type, ''])
  if (member !== undefined) tuples.push(['m.room.member', member])
  return (await stateEntries(tuples, room, context)).filter(event => event !== undefined)
}

/** An entry of an outline as it came. */
export interface OutlineEntry {
  /** Undefined: no whole event of the room, as older servers send it. */
  readonly event: RoomEvent | undefined
  /** What clients are shown; undefined where it is no state at all. */
  readonly stripped: JsonObject | undefined
}

/** Reads an outline that another server sent along with a member event of the room. */
export function readEntries(
  texts: readonly string[],
  member: RoomEvent,
  { crypto }: { readonly crypto: Crypto },
): OutlineEntry[] {
  return texts.slice(0, maxOutline).map(text => {
    const event = wholeEvent(text, member, crypto)
    if (event !== undefined) return { event, stripped: strippedState(event) }
    return { event, stripped: strippedOf(text) }
  })
}

/** What clients are shown of an outline. */
export function readOutline(
  texts: readonly string[],
  member: RoomEvent,
  context: { readonly crypto: Crypto },
): JsonObject[] {
  return readEntries(texts, member, context)
    .map(({ stripped }) => stripped)
    .filter(stripped => stripped !== undefined)
}

function wholeEvent(text: string, { rules, roomId }: RoomEvent, crypto: Crypto): RoomEvent | undefined {
  try {
    const { event } = readPdu(text, rules, crypto)
    return event.roomId === roomId && event.stateKey !== undefined ? event : undefined
  } catch (error) {
    if (error instanceof PduError) return undefined
    throw error
  }
}

/** What there is of a state event in a stripped one. Text that is a whole event of another room is none of this one. */
function strippedOf(text: string): JsonObject | undefined {
  let json: unknown
  try {
    json = parseJson(text, { mode: 'lenient' })
  } catch (error) {
    if (error instanceof JsonError) return undefined
    throw error
  }
  if (!isJsonObject(json) || json['hashes'] !== undefined) return undefined
  const { type, state_key, sender, content } = json
  const isState = typeof type === 'string' && typeof state_key === 'string' && typeof sender === 'string'
  return isState && isJsonObject(content) ? { type, state_key, sender, content } : undefined
}
