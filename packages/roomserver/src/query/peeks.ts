/**
 * Who peeks into a room: local users with their devices, and other servers.
 */
import type { RequestTo, ResponseFrom } from '../api/index.ts'
import type { InboundPeekRow, PeekRow } from '../storage/rows-of-directory.ts'
import type { QueryContext } from './context.ts'

/** Rows read at once. */
const pageRows = 500

export async function peeks(
  request: RequestTo<'queryPeeks'>,
  context: QueryContext,
): Promise<ResponseFrom<'queryPeeks'>> {
  const { roomId } = request
  const { reader } = context
  const users: PeekRow[] = []
  for (let page = await reader.peeksOfRoom(roomId, undefined, pageRows); page.length > 0; ) {
    users.push(...page)
    page = page.length < pageRows ? [] : await reader.peeksOfRoom(roomId, page.at(-1), pageRows)
  }
  const servers: InboundPeekRow[] = []
  for (let page = await reader.inboundPeeks(roomId, undefined, pageRows); page.length > 0; ) {
    servers.push(...page)
    page = page.length < pageRows ? [] : await reader.inboundPeeks(roomId, page.at(-1), pageRows)
  }
  return {
    users: users.map(({ user: userId, device }) => ({ userId, device })),
    servers: servers.map(({ server, peekId, renewedAt, renewalInterval }) => ({
      ...{ server, peekId, renewedAt, renewalInterval },
    })),
  }
}
