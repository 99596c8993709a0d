/**
 * What may stand in `m.room.canonical_alias`: aliases that are there and stand for the room. Client-server API, "PUT
 * /rooms/{roomId}/state/{eventType}/{stateKey}"; `m.room.canonical_alias`.
 */
import { isRoomAlias, type RoomAlias } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { ClientError, invalidParameter } from '../errors.ts'
import { loadEvents } from '../events/load-events.ts'
import { resolveAlias } from './resolve-alias.ts'

/** Each of those that are new is looked up. */
const maxAliases = 100

/** Only what was not there before is looked at. @throws {ClientError} `M_BAD_ALIAS`, `M_INVALID_PARAM` */
export async function checkCanonicalAlias(
  context: ClientContext,
  roomId: string,
  content: Readonly<Record<string, unknown>>,
): Promise<void> {
  const named = aliasesIn(content)
  if (named.length > maxAliases) throw invalidParameter(`more than ${maxAliases} aliases at once`)
  const known = new Set(aliasesIn(await currentContent(context, roomId)))
  for (const alias of named.filter(alias => !known.has(alias))) {
    if (typeof alias !== 'string' || !isRoomAlias(alias))
      throw invalidParameter(`${JSON.stringify(alias)} is no room alias`)
    if ((await roomOf(context, alias)) !== roomId)
      throw new ClientError('M_BAD_ALIAS', `${alias} does not stand for room ${roomId}`)
  }
}

function aliasesIn({ alias, alt_aliases: others }: Readonly<Record<string, unknown>>): unknown[] {
  const list = Array.isArray(others) ? others : []
  return alias === undefined || alias === null || alias === '' ? list : [alias, ...list]
}

async function currentContent(context: ClientContext, roomId: string): Promise<Readonly<Record<string, unknown>>> {
  const { tables, rooms } = context
  await rooms.catchUp()
  const entry = tables.roomStates.entryAt(roomId, 'm.room.canonical_alias', '', rooms.position)
  if (entry === undefined) return {}
  return (await loadEvents(context, roomId, [entry.eventId])).get(entry.eventId)?.content ?? {}
}

/** Undefined: there is no such alias, or nobody can tell. */
async function roomOf(context: ClientContext, alias: RoomAlias): Promise<string | undefined> {
  try {
    return (await resolveAlias(context, alias, AbortSignal.any([]))).roomId
  } catch (error) {
    if (isUnknown(error)) return undefined
    throw error
  }
}

function isUnknown(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: unknown }
  return errcode === 'M_NOT_FOUND' || errcode === 'M_UNREACHABLE'
}
