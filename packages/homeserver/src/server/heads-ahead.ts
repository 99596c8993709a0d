/**
 * Whether the heads' database follows outputs that the rooms' database does not have: it does after the rooms were put back to an older
 * backup. What happens next in the rooms would then stand at positions that the heads have passed, and no client and no other server would
 * be told of it.
 */
import { type RoomServerApi, RoomServerError } from '@neurite/roomserver/api'
import { ApplicationServiceTable } from '../storage/application-services.ts'
import type { Database } from '../storage/database.ts'
import { FederationSenderTables } from '../storage/federation-sender.ts'
import { IndexPositions } from '../storage/room-index.ts'
import { UnusableFile } from '../unusable-file.ts'

export interface HeadsAheadParts {
  /** Paths of the two databases. */
  readonly heads: string
  readonly rooms: string
  readonly database: Database
  readonly api: Pick<RoomServerApi, 'readOutput'>
}

/** @throws {UnusableFile} where it is ahead */
export async function refuseHeadsAhead({ heads, rooms, database, api }: HeadsAheadParts): Promise<void> {
  const positions = [
    new IndexPositions(database).read().output,
    new FederationSenderTables(database).position(),
    ...new ApplicationServiceTable(database).positions(),
  ]
  for (const after of new Set(positions))
    try {
      await api.readOutput({ after, limit: 1 })
    } catch (error) {
      if (!(error instanceof RoomServerError) || error.errcode !== 'M_INVALID_PARAM') throw error
      const advice = 'put both back from one backup, the heads copied before the rooms'
      throw new UnusableFile(
        heads,
        `is ahead of ${rooms}, as after the rooms were restored from an older backup: ${advice}`,
      )
    }
}
