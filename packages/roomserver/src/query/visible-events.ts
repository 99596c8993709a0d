/**
 * Which events of a room a user or a server may see. Judged by the setting and the membership at each event, not now. The rule:
 * auth/history-visibility.ts.
 */
import { serverNameOf, type UserId } from '@neurite/protocol'
import { type HistoryVisibility, historyVisibility, maySee, type VisibilityAt } from '../auth/index.ts'
import type { StateView } from '../state/index.ts'
import type { EventRow } from '../storage/rows.ts'
import {
  type EventNid,
  type EventTypeNid,
  emptyStateKeyNid,
  memberTypeNid,
  type StateKeyNid,
  wellKnownTypes,
} from '../types/index.ts'
import type { QueryContext } from './context.ts'
import type { FoundRoom } from './find-room.ts'

const visibilityTypeNid = wellKnownTypes.find(([, type]) => type === 'm.room.history_visibility')?.[0] as EventTypeNid
/** Members read at once. */
const pageMembers = 1_000
/** How often a user may have gone and come back for a join after the event to be found. Each is a state to look into. */
const maxChangesBack = 100

/** For each of the events whether a user may see it. Rejected and soft-failed ones nobody sees. */
export async function visibleToUser(
  userId: string,
  rows: readonly EventRow[],
  room: FoundRoom,
  context: QueryContext,
): Promise<boolean[]> {
  const user = (await context.reader.stateKeyNids([userId])).get(userId)
  const asking = new Asking(user === undefined ? [] : [user], room, context)
  const visible: boolean[] = []
  for (const row of rows) visible.push(row.status === 'accepted' && (await asking.maySee(row)))
  return visible
}

/** For each of the events whether a server may see it: one of its users may. Rejected ones no server is given. */
export async function visibleToServer(
  server: string,
  rows: readonly EventRow[],
  room: FoundRoom,
  context: QueryContext,
): Promise<boolean[]> {
  const { reader } = context
  const isIn = (await reader.joinedMembersOfServer(room.row.room, server)) > 0
  let asking = new Asking([], room, context, isIn)
  let hasUsers = false
  const visible: boolean[] = []
  for (const row of rows) {
    let sees = row.status !== 'rejected' && (await asking.maySee(row))
    if (!sees && !hasUsers && row.status !== 'rejected') {
      // Only now: of a room with many members, who is of which server takes looking through them all.
      asking = new Asking(await usersOf(server, room, context), room, context, isIn)
      hasUsers = true
      sees = await asking.maySee(row)
    }
    visible.push(sees)
  }
  return visible
}

/** The users of a server that have any membership in the room. */
async function usersOf(server: string, { row }: FoundRoom, { reader, yieldNow }: QueryContext): Promise<StateKeyNid[]> {
  const users: StateKeyNid[] = []
  for (let after: StateKeyNid | 0 = 0; ; await yieldNow()) {
    const rows = await reader.memberships(row.room, undefined, after, pageMembers)
    const names = await reader.stateKeys(rows.map(({ user }) => user))
    for (const [user, name] of names) if (serverNameOf(name as UserId) === server) users.push(user)
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageMembers) return users
    after = last.user
  }
}

/** One who asks: a user, or all users of a server. */
class Asking {
  readonly #users: readonly StateKeyNid[]
  readonly #room: FoundRoom
  readonly #context: QueryContext
  /** One of them is joined now, so that they joined after every event, or before it and stayed. */
  readonly #isJoined: boolean

  constructor(users: readonly StateKeyNid[], room: FoundRoom, context: QueryContext, isJoined = false) {
    this.#users = users
    this.#room = room
    this.#context = context
    this.#isJoined = isJoined
  }

  async maySee(row: EventRow): Promise<boolean> {
    const { states } = this.#context
    const users = row.type === memberTypeNid && this.#users.includes(row.stateKey as StateKeyNid)
    // Of an outlier the state is not known: only those whom it is about see it.
    if (row.outlier) return users
    const before = await states.view(row.snapshotBefore)
    const changesWhoSees = users || row.type === visibilityTypeNid
    const views = changesWhoSees ? [before, await states.view(row.snapshotAfter)] : [before]
    const visibilities = await Promise.all(views.map(view => this.#visibilityIn(view)))
    if (this.#users.length === 0)
      return maySee(
        visibilities.map(visibility => ({ visibility, membership: 'leave' })),
        () => Promise.resolve(this.#isJoined),
      )
    for (const user of this.#users) {
      const at: VisibilityAt[] = []
      for (const [i, view] of views.entries())
        at.push({
          visibility: visibilities[i] as HistoryVisibility,
          membership: await this.#membership(view.get(memberTypeNid, user)),
        })
      if (await maySee(at, () => this.#joinedAfter(user, before.get(memberTypeNid, user)))) return true
    }
    return false
  }

  /**
   * Whether a user joined after an event: walks back from what the user is now, until it comes to a join, or to what the user was at
   * the event.
   * @param memberAt the user's member event in the state before the event; 0 for none
   */
  async #joinedAfter(user: StateKeyNid, memberAt: EventNid | 0): Promise<boolean> {
    if (this.#isJoined) return true
    const { reader, states } = this.#context
    let member: EventNid | 0 = (await reader.membership(this.#room.row.room, user))?.event ?? 0
    for (let i = 0; i < maxChangesBack && member !== 0 && member !== memberAt; i++) {
      if ((await this.#membership(member)) === 'join') return true
      const [row] = await reader.events([member])
      if (row === undefined || row.outlier) return false
      member = (await states.view(row.snapshotBefore)).get(memberTypeNid, user)
    }
    return false
  }

  async #membership(member: EventNid | 0): Promise<string> {
    const membership = (await this.#content(member))?.['membership']
    return typeof membership === 'string' ? membership : 'leave'
  }

  async #visibilityIn(view: StateView): Promise<HistoryVisibility> {
    const content = await this.#content(view.get(visibilityTypeNid, emptyStateKeyNid))
    return historyVisibility(content?.['history_visibility'])
  }

  async #content(event: EventNid | 0) {
    return event === 0 ? undefined : (await this.#context.events.load([event])).get(event)?.content
  }
}
