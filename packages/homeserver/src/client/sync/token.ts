/**
 * Positions as clients carry them: of /sync in all streams, and in the timeline of a room. A place in the timeline is between two
 * events: everything up to the position lies before it.
 */
import { invalidParameter } from '../errors.ts'
import { type Positions, readPositions, writePositions } from '../streams.ts'

/** How far a client has been told. */
export interface SyncPosition {
  /** Of the room index. */
  readonly rooms: number
  readonly streams: Positions
}

/** `s12_a3_d4…` */
export function writeSyncToken({ rooms, streams }: SyncPosition): string {
  return `s${rooms}_${writePositions(streams)}`
}

/** @throws {ClientError} `M_INVALID_PARAM` where /sync has not given it */
export function readSyncToken(token: string): SyncPosition {
  const [, rooms, rest = ''] = /^s(\d{1,16})_(.*)$/.exec(token) ?? []
  const streams = rooms === undefined ? undefined : readPositions(rest)
  if (streams === undefined) throw invalidParameter(`${JSON.stringify(token)} is no position that /sync has given`)
  return { rooms: Number(rooms), streams }
}

/** `t12` */
export function writeTimelineToken(position: number): string {
  return `t${position}`
}

/** A place in a timeline; that of a /sync token is where it ended. @throws {ClientError} `M_INVALID_PARAM` */
export function readTimelineToken(token: string): number {
  const [, position] = /^t(-?\d{1,16})$/.exec(token) ?? []
  return position === undefined ? readSyncToken(token).rooms : Number(position)
}
