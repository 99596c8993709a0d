/**
 * GET /keys/changes: whose keys have changed between two positions of /sync. Client-server API, "Tracking the device list for a user".
 *
 * Who no longer shares a room is told by /sync, which knows the rooms at both positions; here `left` is empty.
 */
import type { UserId } from '@neurite/protocol'
import { maxNamed } from '@neurite/roomserver/api'
import { Type } from 'typebox'
import type { ClientContext } from '../context.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { readSyncToken } from '../sync/token.ts'

export const keysChanges = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/keys/changes',
    access: 'user',
    query: Type.Object({ from: Type.String(), to: Type.String() }),
    response: Type.Object({ changed: Type.Array(Type.String()), left: Type.Array(Type.String()) }),
  },
  async ({ context, caller, query }) => {
    const from = readSyncToken(query.from)
    // A later `to` than that of the last change is no harm: the specification has it as a hint.
    readSyncToken(query.to)
    const changed = await changedKeys(context, caller.userId, from.streams.device_lists)
    return { changed, left: [] }
  },
)

/** Users whose keys changed after a position: those that share a room with somebody, and themselves. */
export async function changedKeys(
  context: ClientContext,
  userId: UserId,
  after: number,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<UserId[]> {
  const changed = context.tables.deviceKeys.changedBetween(after, upTo, userId)
  const sharing = new Set<string>([userId])
  for (let at = 0; at < changed.length; at += maxNamed)
    for (const other of await sharersAmong(context, userId, changed.slice(at, at + maxNamed))) sharing.add(other)
  return changed.filter(other => sharing.has(other))
}

async function sharersAmong(
  { roomServer }: ClientContext,
  userId: UserId,
  others: readonly UserId[],
): Promise<string[]> {
  const sharers: string[] = []
  let after: string | undefined
  do {
    const page = await roomServer.querySharedUsers({
      userId,
      others: [...others],
      ...(after === undefined ? {} : { after }),
    })
    sharers.push(...page.users)
    after = page.next
  } while (after !== undefined)
  return sharers
}
