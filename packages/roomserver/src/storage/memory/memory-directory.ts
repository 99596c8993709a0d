/**
 * What belongs to no commit of a room, in the model: a map a table, by a key that holds the row's own.
 */
import type { DirectoryChange } from '../directory-change.ts'
import { compareStored } from '../packed/text.ts'
import type { DirectoryReader } from '../reader-of-directory.ts'
import type {
  AliasRow,
  BlockedRoomRow,
  InboundPeekRow,
  InviteRow,
  PartialJoinRow,
  PeekRow,
  PublishedRow,
  ReportRow,
} from '../rows-of-directory.ts'

interface ForgottenRow {
  readonly user: string
  readonly roomId: string
}

/** Plain maps that a disk keeps and copies. */
export class DirectoryTables {
  nextReport = 1
  readonly aliases = new Map<string, AliasRow>()
  readonly published = new Map<string, PublishedRow>()
  readonly invites = new Map<string, InviteRow>()
  readonly forgotten = new Map<string, ForgottenRow>()
  readonly blocked = new Map<string, BlockedRoomRow>()
  readonly reports = new Map<number, ReportRow>()
  readonly peeks = new Map<string, PeekRow>()
  readonly inboundPeeks = new Map<string, InboundPeekRow>()
  readonly partialJoins = new Map<string, PartialJoinRow>()

  /** The tables whose rows go with a room. */
  get ofRooms(): readonly Map<string, { readonly roomId: string }>[] {
    const { invites, aliases, published, forgotten, peeks, inboundPeeks, partialJoins } = this
    return [invites, aliases, published, forgotten, peeks, inboundPeeks, partialJoins]
  }

  copy(): DirectoryTables {
    const copy = new DirectoryTables()
    copy.nextReport = this.nextReport
    const tables = [...this.ofRooms, this.blocked, this.reports] as readonly Map<unknown, unknown>[]
    const copies = [...copy.ofRooms, copy.blocked, copy.reports] as readonly Map<unknown, unknown>[]
    for (const [at, table] of tables.entries()) for (const [key, row] of table) copies[at]!.set(key, row)
    return copy
  }
}

/** A key of several texts that no others give. */
export function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts)
}

/** Applies a change that is no output. Aliases were looked over before. */
export function applyRowChange(
  tables: DirectoryTables,
  change: Exclude<DirectoryChange, { readonly kind: 'output' }>,
): void {
  switch (change.kind) {
    case 'put-alias': {
      const { kind: _, ...row } = change
      tables.aliases.set(row.alias, row)
      break
    }
    case 'remove-alias':
      tables.aliases.delete(change.alias)
      break
    case 'publish': {
      const { kind: _, ...row } = change
      tables.published.set(keyOf(row.network, row.roomId, row.appservice), row)
      break
    }
    case 'unpublish':
      tables.published.delete(keyOf(change.network, change.roomId, change.appservice))
      break
    case 'put-invite':
      tables.invites.set(keyOf(change.invite.roomId, change.invite.user), change.invite)
      break
    case 'end-invite':
      tables.invites.delete(keyOf(change.roomId, change.user))
      break
    case 'forget':
      tables.forgotten.set(keyOf(change.user, change.roomId), { user: change.user, roomId: change.roomId })
      break
    case 'remember':
      tables.forgotten.delete(keyOf(change.user, change.roomId))
      break
    case 'block-room': {
      const { kind: _, ...row } = change
      tables.blocked.set(row.roomId, row)
      break
    }
    case 'unblock-room':
      tables.blocked.delete(change.roomId)
      break
    case 'add-report': {
      const { kind: _, ...row } = change
      const id = tables.nextReport++
      tables.reports.set(id, { id, ...row })
      break
    }
    case 'remove-report':
      tables.reports.delete(change.id)
      break
    case 'put-partial-join': {
      const { kind: _, ...row } = change
      tables.partialJoins.set(keyOf(row.roomId, row.eventId), row)
      break
    }
    case 'end-partial-join':
      tables.partialJoins.delete(keyOf(change.roomId, change.eventId))
      break
    case 'put-peek': {
      const { kind: _, ...row } = change
      tables.peeks.set(keyOf(row.roomId, row.user, row.device), row)
      break
    }
    case 'remove-peek':
      tables.peeks.delete(keyOf(change.roomId, change.user, change.device))
      break
    case 'put-inbound-peek': {
      const { kind: _, ...row } = change
      tables.inboundPeeks.set(keyOf(row.roomId, row.server, row.peekId), row)
      break
    }
    case 'remove-inbound-peek':
      tables.inboundPeeks.delete(keyOf(change.roomId, change.server, change.peekId))
      break
  }
}

/** Reads of the model: look-ups, and pages by sorting. */
export class MemoryDirectoryReader implements DirectoryReader {
  readonly #tables: () => DirectoryTables

  constructor(tables: () => DirectoryTables) {
    this.#tables = tables
  }

  async alias(alias: string) {
    return this.#tables().aliases.get(alias)
  }
  async aliasesOfRoom(roomId: string, after: string, limit: number) {
    const rows = [...this.#tables().aliases.values()].filter(row => row.roomId === roomId)
    return page(rows, row => [row.alias], [after], limit)
  }

  async published(network: string | undefined, appservice: string | undefined, after: string, limit: number) {
    const rows = this.#list(network, appservice)
    const rooms = [...new Set(rows.map(row => row.roomId))]
    return page(rooms, roomId => [roomId], [after], limit)
  }
  async isPublished(roomId: string, network: string | undefined, appservice: string | undefined) {
    return this.#list(network, appservice).some(row => row.roomId === roomId)
  }

  async invite(roomId: string, user: string) {
    return this.#tables().invites.get(keyOf(roomId, user))
  }
  async invitesOfUser(user: string, after: string, limit: number) {
    const rows = [...this.#tables().invites.values()].filter(row => row.user === user)
    return page(rows, row => [row.roomId], [after], limit)
  }

  async isForgotten(roomId: string, user: string) {
    return this.#tables().forgotten.has(keyOf(user, roomId))
  }
  async forgottenBy(user: string, after: string, limit: number) {
    const rows = [...this.#tables().forgotten.values()].filter(row => row.user === user)
    return page(rows, row => [row.roomId], [after], limit).map(row => row.roomId)
  }

  async blockedRoom(roomId: string) {
    return this.#tables().blocked.get(roomId)
  }
  async blockedRooms(after: string, limit: number) {
    return page([...this.#tables().blocked.values()], row => [row.roomId], [after], limit)
  }

  async reports(after: number, limit: number) {
    const rows = [...this.#tables().reports.values()].filter(row => row.id > after)
    return rows.sort((a, b) => a.id - b.id).slice(0, limit)
  }

  async partialJoins(after: Pick<PartialJoinRow, 'roomId' | 'eventId'> | undefined, limit: number) {
    const rows = [...this.#tables().partialJoins.values()]
    return page(rows, row => [row.roomId, row.eventId], [after?.roomId ?? '', after?.eventId ?? ''], limit)
  }

  async peeksOfRoom(roomId: string, after: Omit<PeekRow, 'roomId'> | undefined, limit: number) {
    const rows = [...this.#tables().peeks.values()].filter(row => row.roomId === roomId)
    return page(rows, row => [row.user, row.device], [after?.user ?? '', after?.device ?? ''], limit)
  }
  async inboundPeeks(roomId: string, after: Pick<InboundPeekRow, 'server' | 'peekId'> | undefined, limit: number) {
    const rows = [...this.#tables().inboundPeeks.values()].filter(row => row.roomId === roomId)
    return page(rows, row => [row.server, row.peekId], [after?.server ?? '', after?.peekId ?? ''], limit)
  }

  #list(network: string | undefined, appservice: string | undefined): PublishedRow[] {
    const fits = (asked: string | undefined, is: string) => asked === undefined || asked === is
    const rows = [...this.#tables().published.values()]
    return rows.filter(row => fits(network, row.network) && fits(appservice, row.appservice))
  }
}

/** Rows by a key of one or more texts, from `after` on. */
function page<Row>(
  rows: readonly Row[],
  key: (row: Row) => readonly string[],
  after: readonly string[],
  limit: number,
): Row[] {
  const those = rows.filter(row => compareKeys(key(row), after) > 0)
  return those.sort((a, b) => compareKeys(key(a), key(b))).slice(0, limit)
}

function compareKeys(one: readonly string[], other: readonly string[]): number {
  for (const [at, text] of one.entries()) {
    const order = compareStored(text, other[at]!)
    if (order !== 0) return order
  }
  return 0
}
