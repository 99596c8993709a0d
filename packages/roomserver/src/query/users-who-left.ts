/**
 * The users who left a room, or came into it, between two positions of the output log: by what the outputs say of the current state.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import { positionNumber, readOutput } from '../output/index.ts'
import { type EventNid, memberTypeNid } from '../types/index.ts'
import type { QueryContext } from './context.ts'
import { roomOf } from './find-room.ts'
import { membershipIn } from './member-events.ts'

/** Rows of the output log read at once. */
const pageOutputs = 1_000

export async function usersWhoLeft(
  request: RequestTo<'queryUsersWhoLeft'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryUsersWhoLeft'>> {
  const { roomId, from, to } = request
  const { reader, events, yieldNow } = context
  const { row } = await roomOf(roomId, context)
  const end = to === undefined ? Number.MAX_SAFE_INTEGER : positionNumber(to)
  /** For each user the first entry that went and the last that came. */
  const before = new Map<string, boolean>()
  const now = new Map<string, boolean>()
  for (let position = positionNumber(from); position < end; await yieldNow()) {
    const page = await reader.output(position, pageOutputs)
    for (const { room, payload, position: at } of page) {
      if (room !== row.room || at > end) continue
      const output = readOutput(payload)
      if (output.kind !== 'new' && output.kind !== 'state-corrected') continue
      const { added, removed } = output.kind === 'new' ? output : output.current
      for (const [user, joined] of await memberChanges(removed, context))
        if (!before.has(user)) before.set(user, joined)
      for (const [user, joined] of await memberChanges(added, context)) {
        if (!before.has(user)) before.set(user, false)
        now.set(user, joined)
      }
    }
    if (page.length < pageOutputs) break
    position = page.at(-1)?.position as number
  }
  const left = [...before].filter(([user, joined]) => joined && now.get(user) !== true).map(([user]) => user)
  const joined = [...now].filter(([user, is]) => is && before.get(user) !== true).map(([user]) => user)
  return { left, joined }

  async function memberChanges(nids: readonly EventNid[], _: QueryContext): Promise<[user: string, joined: boolean][]> {
    const rows = (await reader.events(nids)).filter(({ type }) => type === memberTypeNid)
    const loaded = await events.load(rows.map(({ event }) => event))
    return [...loaded.values()].map(({ stateKey = '', content }) => [stateKey, membershipIn(content) === 'join'])
  }
}
