/**
 * Reads of what belongs to no commit of a room.
 */
import type { DatabaseSync } from 'node:sqlite'
import { type StoredText, toStored, toText } from '../packed/text.ts'
import type {
  AliasRow,
  BlockedRoomRow,
  InboundPeekRow,
  InviteRow,
  PartialJoinRow,
  PeekRow,
  ReportRow,
} from '../rows-of-directory.ts'
import { prepare } from './sql.ts'

type AliasColumns = [alias: StoredText, roomId: StoredText, creator: StoredText, createdAt: number]
type BlockedColumns = [roomId: StoredText, by: StoredText, reason: StoredText, at: number]
type ReportColumns = [
  id: number,
  ...texts: [roomId: StoredText, eventId: StoredText, reporter: StoredText],
  reason: StoredText | null,
  score: number | null,
  at: number,
]
type PartialJoinColumns = [...texts: [StoredText, StoredText, StoredText, StoredText], joinedAt: number]
type PeekColumns = [user: StoredText, device: StoredText]
type InboundPeekColumns = [server: StoredText, peek: StoredText, renewalInterval: number, renewedAt: number]
export type InviteColumns = [
  ...texts: [roomId: StoredText, user: StoredText, kind: InviteRow['kind'], eventId: StoredText, sender: StoredText],
  ...more: [roomVersion: StoredText, pdu: StoredText, state: StoredText],
  receivedAt: number,
]

const aliasColumns = 'alias, room_id, creator, created_at'
export const inviteColumns = 'room_id, user, kind, event_id, sender, room_version, pdu, state, received_at'
const blockedColumns = 'room_id, blocked_by, reason, blocked_at'

/** A list by its network and application service; null stands for any. */
const inList = '(?1 IS NULL OR network = ?1) AND (?2 IS NULL OR appservice = ?2)'

export class DirectoryReading {
  readonly #alias
  readonly #aliasesOfRoom
  readonly #published
  readonly #isPublished
  readonly #invite
  readonly #invitesOfUser
  readonly #isForgotten
  readonly #forgottenBy
  readonly #blockedRoom
  readonly #blockedRooms
  readonly #reports
  readonly #partialJoins
  readonly #peeks
  readonly #inboundPeeks

  constructor(database: DatabaseSync) {
    const sql = (text: string) => prepare(database, text)
    this.#alias = sql(`SELECT ${aliasColumns} FROM room_aliases WHERE alias = ?`)
    this.#aliasesOfRoom = sql(
      `SELECT ${aliasColumns} FROM room_aliases WHERE room_id = ? AND alias > ? ORDER BY alias LIMIT ?`,
    )
    const published = (list: string) =>
      sql(`SELECT DISTINCT room_id FROM published WHERE ${list} AND room_id > ?3 ORDER BY room_id LIMIT ?4`)
    this.#published = {
      // By the primary key; and by the index of rooms.
      ofNetwork: published('network = ?1 AND (?2 IS NULL OR appservice = ?2)'),
      ofAll: published('?1 IS NULL AND (?2 IS NULL OR appservice = ?2)'),
    }
    this.#isPublished = sql(`SELECT 1 FROM published WHERE room_id = ?3 AND ${inList} LIMIT 1`)
    this.#invite = sql(`SELECT ${inviteColumns} FROM invites WHERE room_id = ? AND user = ?`)
    this.#invitesOfUser = sql(
      `SELECT ${inviteColumns} FROM invites WHERE user = ? AND room_id > ? ORDER BY room_id LIMIT ?`,
    )
    this.#isForgotten = sql('SELECT 1 FROM forgotten WHERE user = ? AND room_id = ?')
    this.#forgottenBy = sql('SELECT room_id FROM forgotten WHERE user = ? AND room_id > ? ORDER BY room_id LIMIT ?')
    this.#blockedRoom = sql(`SELECT ${blockedColumns} FROM blocked_rooms WHERE room_id = ?`)
    this.#blockedRooms = sql(`SELECT ${blockedColumns} FROM blocked_rooms WHERE room_id > ? ORDER BY room_id LIMIT ?`)
    this.#reports = sql(
      `SELECT report, room_id, event_id, reporter, reason, score, reported_at FROM event_reports
        WHERE report > ? ORDER BY report LIMIT ?`,
    )
    this.#partialJoins = sql(
      `SELECT room_id, event_id, via, servers, joined_at FROM partial_joins
        WHERE (room_id, event_id) > (?, ?) ORDER BY room_id, event_id LIMIT ?`,
    )
    this.#peeks = sql(
      'SELECT user, device FROM peeks WHERE room_id = ? AND (user, device) > (?, ?) ORDER BY user, device LIMIT ?',
    )
    this.#inboundPeeks = sql(
      `SELECT server, peek, renewal_interval, renewed_at FROM inbound_peeks
        WHERE room_id = ? AND (server, peek) > (?, ?) ORDER BY server, peek LIMIT ?`,
    )
  }

  alias(alias: string): AliasRow | undefined {
    const row = this.#alias.get(toStored(alias)) as AliasColumns | undefined
    return row && toAlias(row)
  }

  aliasesOfRoom(roomId: string, after: string, limit: number): AliasRow[] {
    return rows<AliasColumns>(this.#aliasesOfRoom.all(toStored(roomId), toStored(after), limit)).map(toAlias)
  }

  published(network: string | undefined, appservice: string | undefined, after: string, limit: number): string[] {
    const statement = network === undefined ? this.#published.ofAll : this.#published.ofNetwork
    return texts(statement.all(toNullable(network), toNullable(appservice), toStored(after), limit))
  }

  isPublished(roomId: string, network: string | undefined, appservice: string | undefined): boolean {
    return this.#isPublished.get(toNullable(network), toNullable(appservice), toStored(roomId)) !== undefined
  }

  invite(roomId: string, user: string): InviteRow | undefined {
    const row = this.#invite.get(toStored(roomId), toStored(user)) as InviteColumns | undefined
    return row && toInvite(row)
  }

  invitesOfUser(user: string, after: string, limit: number): InviteRow[] {
    return rows<InviteColumns>(this.#invitesOfUser.all(toStored(user), toStored(after), limit)).map(toInvite)
  }

  isForgotten(roomId: string, user: string): boolean {
    return this.#isForgotten.get(toStored(user), toStored(roomId)) !== undefined
  }

  forgottenBy(user: string, after: string, limit: number): string[] {
    return texts(this.#forgottenBy.all(toStored(user), toStored(after), limit))
  }

  blockedRoom(roomId: string): BlockedRoomRow | undefined {
    const row = this.#blockedRoom.get(toStored(roomId)) as BlockedColumns | undefined
    return row && toBlocked(row)
  }

  blockedRooms(after: string, limit: number): BlockedRoomRow[] {
    return rows<BlockedColumns>(this.#blockedRooms.all(toStored(after), limit)).map(toBlocked)
  }

  reports(after: number, limit: number): ReportRow[] {
    return rows<ReportColumns>(this.#reports.all(after, limit)).map(toReport)
  }

  partialJoins(after: Pick<PartialJoinRow, 'roomId' | 'eventId'> | undefined, limit: number): PartialJoinRow[] {
    const { roomId, eventId } = after ?? { roomId: '', eventId: '' }
    const found = this.#partialJoins.all(toStored(roomId), toStored(eventId), limit)
    return rows<PartialJoinColumns>(found).map(([ofRoom, ofEvent, via, servers, joinedAt]) => ({
      ...{ roomId: toText(ofRoom), eventId: toText(ofEvent), via: toText(via), servers: toText(servers) },
      joinedAt,
    }))
  }

  peeksOfRoom(roomId: string, after: Omit<PeekRow, 'roomId'> | undefined, limit: number): PeekRow[] {
    const { user, device } = after ?? { user: '', device: '' }
    const found = this.#peeks.all(toStored(roomId), toStored(user), toStored(device), limit)
    return rows<PeekColumns>(found).map(([ofUser, ofDevice]) => {
      return { roomId, user: toText(ofUser), device: toText(ofDevice) }
    })
  }

  inboundPeeks(
    roomId: string,
    after: Pick<InboundPeekRow, 'server' | 'peekId'> | undefined,
    limit: number,
  ): InboundPeekRow[] {
    const { server, peekId } = after ?? { server: '', peekId: '' }
    const found = this.#inboundPeeks.all(toStored(roomId), toStored(server), toStored(peekId), limit)
    return rows<InboundPeekColumns>(found).map(([ofServer, peek, renewalInterval, renewedAt]) => {
      return { roomId, server: toText(ofServer), peekId: toText(peek), renewalInterval, renewedAt }
    })
  }
}

export function toInvite([roomId, user, kind, eventId, sender, ...rest]: InviteColumns): InviteRow {
  const [roomVersion, pdu, state, receivedAt] = rest
  return {
    ...{ roomId: toText(roomId), user: toText(user), kind, eventId: toText(eventId), sender: toText(sender) },
    ...{ roomVersion: toText(roomVersion), pdu: toText(pdu), state: toText(state), receivedAt },
  }
}

function toAlias([alias, roomId, creator, createdAt]: AliasColumns): AliasRow {
  return { alias: toText(alias), roomId: toText(roomId), creator: toText(creator), createdAt }
}

function toBlocked([roomId, by, reason, at]: BlockedColumns): BlockedRoomRow {
  return { roomId: toText(roomId), by: toText(by), reason: toText(reason), at }
}

function toReport([id, roomId, eventId, reporter, reason, score, at]: ReportColumns): ReportRow {
  return {
    ...{ id, roomId: toText(roomId), eventId: toText(eventId), reporter: toText(reporter) },
    ...{ reason: reason === null ? undefined : toText(reason), score: score ?? undefined, at },
  }
}

function toNullable(text: string | undefined): StoredText | null {
  return text === undefined ? null : toStored(text)
}

function rows<Columns>(found: readonly unknown[]): readonly Columns[] {
  return found as readonly Columns[]
}

function texts(found: readonly unknown[]): string[] {
  return rows<[StoredText]>(found).map(([text]) => toText(text))
}
