/**
 * Repairing the states of a room, whose faults were found by recompute.ts: doubtful events are made provisional, so that they are judged
 * again by what follows from the graph like all provisional ones (correct.ts), and the current state is resolved again. Each step is a
 * turn of the room and one commit; after a crash between them the repair is asked for again.
 */
import { deltaOf, type StoredOutput } from '../output/index.ts'
import type { EventRow, JoinedServerChange, MembershipRow, Reader } from '../storage/index.ts'
import { type EventNid, localOf, type StateSnapshotNid } from '../types/index.ts'
import { type CurrentStateChange, changeOfCurrentState } from './current-state.ts'
import { memberTable } from './member-table.ts'
import { tellOfMemberships } from './memberships.ts'
import { resolveStatesOf } from './resolve-states.ts'
import type { Room } from './room.ts'
import type { StepContext } from './step.ts'

/** Events made provisional in one commit: some hundred kilobytes. */
export const doubtedAtOnce = 500
/** Rows read at once. */
const pageRows = 500

/**
 * What resolutions came to is not believed any more: it is all worked out anew when it is needed.
 * @returns false where nothing was remembered
 */
export async function forgetResolutions({ room, reader, change }: StepContext): Promise<boolean> {
  const remembered = await reader.identities(room.nid)
  const identities = remembered.filter(({ kind }) => kind === 'resolution')
  if (identities.length > 0) change.remove({ snapshots: [], blocks: [], identities })
  return identities.length > 0
}

/** Some events are to be judged again. @returns false where all of them are to be already */
export async function doubt(events: readonly EventNid[], { room, reader, change }: StepContext): Promise<boolean> {
  const rows = (await room.rowsByNid(events, reader)).filter(({ provisional, outlier }) => !provisional && !outlier)
  for (const row of rows) change.writeEvent({ ...row, provisional: true }, undefined)
  return rows.length > 0
}

/**
 * The current state is what the states after the forward extremities resolve to, and the tables of members say what it says.
 * @returns false where it is so already
 */
export async function settleCurrentState(context: StepContext, pause: () => Promise<void>): Promise<boolean> {
  const { room, reader, change } = context
  const rows = await room.rowsByNid(room.forwardExtremities, reader)
  const { snapshot } = await resolveStatesOf(rows, context)
  const changed = await changeOfCurrentState(snapshot, context)
  const isMoved = changed.entries.length > 0
  if (isMoved) {
    change.moveTo(room.forwardExtremities, snapshot)
    await tellOfMemberships(changed, context)
    const [newest] = rows.toSorted((a, b) => localOf(b.event) - localOf(a.event))
    if (newest !== undefined) change.output(correctedOutput(newest, changed))
  }
  return (await settleMembers(isMoved ? snapshot : room.currentSnapshot, context, pause)) || isMoved
}

function correctedOutput({ event, status }: EventRow, { entries }: CurrentStateChange): StoredOutput {
  return {
    ...{ kind: 'state-corrected', event, status },
    before: deltaOf([]),
    current: deltaOf(entries),
  }
}

async function settleMembers(
  snapshot: StateSnapshotNid | 0,
  { room, reader, change, states, events }: StepContext,
  pause: () => Promise<void>,
): Promise<boolean> {
  const table = await memberTable(await states.view(snapshot, change.state), events, pause)
  const stored = new Map((await membershipRows(room, reader)).map(row => [row.user, row]))
  const wrong = [...table.rows.values()].filter(row => !isSame(row, stored.get(row.user)))
  const gone = [...stored.keys()].filter(user => !table.rows.has(user))
  for (const row of wrong) change.setMembership(row)
  for (const user of gone) change.setMembership({ user, event: 0, membership: 'leave' })
  const { joined, invited } = table
  const isMiscounted = joined !== room.members.joined || invited !== room.members.invited
  if (isMiscounted) change.setMembers({ joined, invited })
  const servers = await serverChanges(room, table.servers, reader)
  for (const server of servers) change.changeJoinedServer(server)
  return wrong.length + gone.length + servers.length > 0 || isMiscounted
}

function isSame(row: MembershipRow, stored: MembershipRow | undefined): boolean {
  return stored?.event === row.event && stored.membership === row.membership
}

async function membershipRows({ nid }: Room, reader: Reader): Promise<MembershipRow[]> {
  const found: MembershipRow[] = []
  for (let after: MembershipRow['user'] | 0 = 0; ; ) {
    const rows: MembershipRow[] = await reader.memberships(nid, undefined, after, pageRows)
    found.push(...rows)
    const last = rows.at(-1)
    if (last === undefined) return found
    after = last.user
  }
}

async function serverChanges(
  { nid }: Room,
  servers: ReadonlyMap<string, number>,
  reader: Reader,
): Promise<JoinedServerChange[]> {
  const changes = new Map(servers)
  for (let after = ''; ; ) {
    const rows = await reader.joinedServers(nid, after, pageRows)
    for (const { server, members } of rows) changes.set(server, (changes.get(server) ?? 0) - members)
    const last = rows.at(-1)
    if (last === undefined) break
    after = last.server
  }
  return [...changes].flatMap(([server, by]) => (by === 0 ? [] : { server, by }))
}
