/** The rooms that the operations are about, and what ann and bob do in them: calls that are made again until they are answered. */

import { eventually, until } from '../interop/until.ts'
import { room, type User } from '../interop/user.ts'
import type { Pair, Server } from './pair.ts'

/** More state than a room has at least: what is fetched in a join. */
const stateEvents = 30

/** A public room of ann's with some state. @returns its ID */
export function hall({ ann }: Pair): Promise<string> {
  const state = Array.from({ length: stateEvents }, (_, at) => ({
    ...{ type: 'x.made', state_key: `${at}`, content: { at } },
  }))
  return ann.createRoom({ preset: 'public_chat', name: 'Hall', initial_state: state })
}

/** A hall that bob has joined. */
export async function sharedHall(pair: Pair): Promise<string> {
  const roomId = await hall(pair)
  await pair.bob.join(roomId, pair.host.peer)
  await pair.ann.seesMembership(roomId, pair.bob, 'join')
  return roomId
}

/** Says something once, however often it has to be asked for: with the same transaction ID. @returns the event's ID */
export function sayOnce(user: User, roomId: string, text: string): Promise<string> {
  const path = `${room(roomId)}/send/m.room.message/${encodeURIComponent(text)}`
  return eventually(async () => (await user.must('PUT', path, { msgtype: 'm.text', body: text })).event_id)
}

export function setTopic(user: User, roomId: string, topic: string): Promise<string> {
  return eventually(() => user.setState(roomId, 'm.room.topic', { topic }))
}

/** Resolves once a user's server shows an event; whoever is dead meanwhile shows it later. */
export async function comesTo(user: User, roomId: string, eventId: string): Promise<void> {
  await until(`${eventId} comes to ${user.id}`, () => eventually(() => user.event(roomId, eventId)))
}

/** Resolves once a user's server shows all that another has said: by itself, for nobody asks it to fetch history. */
export async function allComesTo(user: User, roomId: string, other: User): Promise<void> {
  const history = await eventually(() => other.history(roomId))
  for (const { type, sender, event_id: eventId } of history)
    if (type === 'm.room.message' && sender === other.id) await comesTo(user, roomId, eventId)
}

/** How many events of history one call asks for: few, so that there are many calls. */
const piece = 5

/** Fetches history until there is no more. */
export async function fetchHistory({ api }: Server, roomId: string): Promise<void> {
  for (;;) {
    const { more } = await eventually(() => api.performBackfill({ roomId, limit: piece }))
    if (!more) return
  }
}
