/**
 * History as another server is given it: what it may not see is redacted, so that the graph stays whole.
 */
import type { EventRow } from '../storage/rows.ts'
import type { QueryContext } from './context.ts'
import { infosOf, redactedPdus } from './event-infos.ts'
import type { FoundRoom } from './find-room.ts'
import { visibleToServer } from './visible-events.ts'

/** The PDUs of events, in order. */
export async function pdusForServer(
  server: string,
  rows: readonly EventRow[],
  room: FoundRoom,
  context: QueryContext,
): Promise<string[]> {
  const visible = await visibleToServer(server, rows, room, context)
  const infos = await infosOf(rows, room.row, context)
  const hidden = rows.flatMap(({ event }, at) => (visible[at] ? [] : [event]))
  const redacted = await redactedPdus(hidden, context)
  return rows.map(({ event }, at) => redacted.get(event) ?? (infos[at]?.pdu as string))
}
