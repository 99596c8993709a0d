/**
 * Aliases of this server: made and taken away. Client-server API, "PUT" and "DELETE /directory/room/{roomAlias}".
 */
import { type JsonObject, type RoomAlias, serverNameOfAlias, type UserId } from '@neurite/protocol'
import { type RequestTo, type ResponseFrom, RoomServerError } from '../api/index.ts'
import { AliasTaken } from '../storage/index.ts'
import type { PerformContext } from './context.ts'
import { maySetCanonicalAlias } from './directory-right.ts'
import { aliasOf, localUser } from './names.ts'
import { ownEvent } from './own-event.ts'
import { existingRoom, type FoundRoom, findRoom, stateEntries } from './room-state.ts'

export async function setAlias(
  { alias, roomId, creator }: RequestTo<'performSetAlias'>,
  context: PerformContext,
): Promise<ResponseFrom<'performSetAlias'>> {
  const ours = ownAlias(alias, context)
  await existingRoom(roomId, context)
  await putAlias(ours, roomId, localUser(creator, context), context)
  return {}
}

export async function removeAlias(
  { alias, sender }: RequestTo<'performRemoveAlias'>,
  context: PerformContext,
): Promise<ResponseFrom<'performRemoveAlias'>> {
  const { storage } = context
  const ours = ownAlias(alias, context)
  const row = await storage.reader.alias(ours)
  if (row === undefined) throw new RoomServerError('M_NOT_FOUND', `there is no alias ${alias}`)
  const { roomId } = row
  const room = await findRoom(roomId, context)
  const user = sender === undefined ? undefined : localUser(sender, context)
  const mayCanonical = user !== undefined && room !== undefined && (await maySetCanonicalAlias(user, room, context))
  if (user !== undefined && user !== row.creator && !mayCanonical)
    throw new RoomServerError(
      'M_FORBIDDEN',
      `${user} may not take away ${alias}: they neither made it nor may set the canonical alias of ${roomId}`,
    )
  await storage.change([{ kind: 'remove-alias', alias: ours }])
  if (mayCanonical) await unnameRoom(ours, user, room, context)
  return { roomId }
}

/** @throws {RoomServerError} `M_INVALID_PARAM` where it is no alias of this server */
export function ownAlias(alias: string, { serverName }: Pick<PerformContext, 'serverName'>): RoomAlias {
  const parsed = aliasOf(alias)
  if (serverNameOfAlias(parsed) === serverName) return parsed
  throw new RoomServerError('M_INVALID_PARAM', `${alias} is no alias of this server, which is ${serverName}`)
}

/** @throws {RoomServerError} `M_ALIAS_IN_USE` */
export async function putAlias(
  alias: RoomAlias,
  roomId: string,
  creator: UserId,
  { storage, runtime }: PerformContext,
): Promise<void> {
  try {
    await storage.change([{ kind: 'put-alias', alias, roomId, creator, createdAt: runtime.clock.now() }])
  } catch (error) {
    if (!(error instanceof AliasTaken)) throw error
    throw new RoomServerError('M_ALIAS_IN_USE', `the alias ${alias} is taken`, {}, { cause: error })
  }
}

/** A room must not be called by an alias that leads nowhere. */
async function unnameRoom(alias: string, user: UserId, room: FoundRoom, context: PerformContext): Promise<void> {
  const [canonical] = await stateEntries([['m.room.canonical_alias', '']], room, context)
  if (canonical === undefined) return
  const content = withoutAlias(canonical.content, alias)
  if (content === undefined) return
  const draft = { type: 'm.room.canonical_alias', stateKey: '', sender: user, content }
  await context.input.send(room.row.roomId, draft, ownEvent(context))
}

/** @returns undefined where the alias is not in it */
function withoutAlias(content: JsonObject, alias: string): JsonObject | undefined {
  const { alias: main, alt_aliases: others, ...rest } = content
  const isOther = Array.isArray(others) && others.includes(alias)
  if (main !== alias && !isOther) return undefined
  return {
    ...rest,
    ...(main === undefined || main === alias ? {} : { alias: main }),
    ...(Array.isArray(others) ? { alt_aliases: others.filter(other => other !== alias) } : {}),
  }
}
