/**
 * Writes that are no commit of a room, as values: what {@link Storage.change} takes. Putting what there is replaces it, but for
 * aliases; taking away what there is not changes nothing.
 */
import type {
  AliasRow,
  BlockedRoomRow,
  InboundPeekRow,
  InviteRow,
  PartialJoinRow,
  PeekRow,
  PublishedRow,
  ReportRow,
} from './rows-of-directory.ts'
import { AliasTaken } from './storage.ts'

export type DirectoryChange =
  | ({ readonly kind: 'put-alias' } & AliasRow)
  | ({ readonly kind: 'remove-alias' } & Pick<AliasRow, 'alias'>)
  | ({ readonly kind: 'publish' | 'unpublish' } & PublishedRow)
  | { readonly kind: 'put-invite'; readonly invite: InviteRow }
  | ({ readonly kind: 'end-invite' } & Pick<InviteRow, 'roomId' | 'user'>)
  /** A user who is not in a room any more does not want to see it listed, and wants to again. */
  | { readonly kind: 'forget' | 'remember'; readonly user: string; readonly roomId: string }
  | ({ readonly kind: 'block-room' } & BlockedRoomRow)
  | ({ readonly kind: 'unblock-room' } & Pick<BlockedRoomRow, 'roomId'>)
  | ({ readonly kind: 'add-report' } & Omit<ReportRow, 'id'>)
  | ({ readonly kind: 'remove-report' } & Pick<ReportRow, 'id'>)
  | ({ readonly kind: 'put-partial-join' } & PartialJoinRow)
  | ({ readonly kind: 'end-partial-join' } & Pick<PartialJoinRow, 'roomId' | 'eventId'>)
  | ({ readonly kind: 'put-peek' | 'remove-peek' } & PeekRow)
  | ({ readonly kind: 'put-inbound-peek' } & InboundPeekRow)
  | ({ readonly kind: 'remove-inbound-peek' } & Pick<InboundPeekRow, 'roomId' | 'server' | 'peekId'>)
  /** An output that is no part of a commit. Of a room that is not stored its payload must say the ID. */
  | { readonly kind: 'output'; readonly roomId: string; readonly payload: string }

/**
 * The aliases that must not be there for the changes to be made.
 * @throws {AliasTaken} where the list itself puts an alias twice
 */
export function aliasesToBeFree(changes: readonly DirectoryChange[]): string[] {
  const toBeFree: string[] = []
  /** What earlier changes of the list leave: put or removed. */
  const isPut = new Map<string, boolean>()
  for (const change of changes) {
    if (change.kind === 'remove-alias') isPut.set(change.alias, false)
    if (change.kind !== 'put-alias') continue
    const before = isPut.get(change.alias)
    if (before === true) throw new AliasTaken(change.alias)
    if (before === undefined) toBeFree.push(change.alias)
    isPut.set(change.alias, true)
  }
  return toBeFree
}
