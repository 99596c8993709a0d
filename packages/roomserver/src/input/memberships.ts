/**
 * Who is what in the current state: the membership table, how many members are joined and invited, how many of them each server has,
 * and what local users are to learn of it; all kept in the commit that changes it.
 */
import { belongsTo, isUserId, type RoomEvent, type ServerName, serverNameOf } from '@neurite/protocol'
import type { MemberEvent } from '../state/index.ts'
import type { MembershipRow } from '../storage/index.ts'
import { memberTypeNid } from '../types/index.ts'
import type { CurrentStateChange } from './current-state.ts'
import type { StepContext } from './step.ts'

type Membership = MembershipRow['membership']
type StateChangeOfMember = CurrentStateChange['entries'][number]

const memberships: ReadonlySet<unknown> = new Set<Membership>(['join', 'invite', 'knock', 'leave', 'ban'])

/** Member events loaded at once. */
const pageMembers = 250

/** A member of the current state, before and after a change. Undefined: the state has none. */
interface ChangedMember {
  readonly userId: string
  readonly was: Membership | undefined
  readonly is: Membership | undefined
}

/** Notes what changed with the current state. Before the event's own output: invites come first. */
export async function noteMemberships({ entries }: CurrentStateChange, context: StepContext): Promise<void> {
  const { room, change, serverName } = context
  const members = entries.filter(entry => entry.type === memberTypeNid)
  if (members.length === 0) return
  const servers = new Map<ServerName, number>()
  let { joined, invited } = room.members
  for await (const [entry, member] of changedMembers(members, context)) {
    noteRow(entry, member, change)
    joined += countOf(member, 'join')
    invited += countOf(member, 'invite')
    if (!isUserId(member.userId)) continue
    const server = serverNameOf(member.userId)
    servers.set(server, (servers.get(server) ?? 0) + countOf(member, 'join'))
    if (belongsTo(member.userId, serverName)) tellLocalUser(entry, member, change)
  }
  change.setMembers({ joined, invited })
  for (const [server, by] of servers) if (by !== 0) change.changeJoinedServer({ server, by })
}

/** Tells local users of what a change of the current state makes of them, and nothing else. */
export async function tellOfMemberships(
  { entries }: CurrentStateChange,
  context: Pick<StepContext, 'change' | 'events' | 'serverName' | 'pause'>,
): Promise<void> {
  const members = entries.filter(entry => entry.type === memberTypeNid)
  for await (const [entry, member] of changedMembers(members, context))
    if (isUserId(member.userId) && belongsTo(member.userId, context.serverName))
      tellLocalUser(entry, member, context.change)
}

/** Some at a time: a state that a join brought, or completed, has all members of the room in it. */
async function* changedMembers(
  members: readonly StateChangeOfMember[],
  { events, pause }: Pick<StepContext, 'events' | 'pause'>,
): AsyncGenerator<readonly [StateChangeOfMember, ChangedMember]> {
  for (let at = 0; at < members.length; at += pageMembers) {
    const page = members.slice(at, at + pageMembers)
    const named = page.flatMap(({ before, after }) => [before, after].flatMap(event => (event === 0 ? [] : [event])))
    const loaded = await events.members(named)
    for (const entry of page) yield [entry, changedMember(entry, loaded)]
    await pause()
  }
}

function changedMember(
  { before, after }: StateChangeOfMember,
  events: ReadonlyMap<number, MemberEvent>,
): ChangedMember {
  const [was, is] = [events.get(before), events.get(after)]
  return { userId: (is ?? was)?.userId ?? '', was: known(was?.membership), is: known(is?.membership) }
}

/** What a member event says its user is; undefined where it says nothing that there is. */
export function membershipOf(event: RoomEvent | undefined): Membership | undefined {
  return known(event?.content['membership'])
}

function known(membership: unknown): Membership | undefined {
  return memberships.has(membership) ? (membership as Membership) : undefined
}

function noteRow(
  { stateKey: user, after }: StateChangeOfMember,
  { is }: ChangedMember,
  change: StepContext['change'],
): void {
  if (is === undefined) change.setMembership({ user, event: 0, membership: 'leave' })
  else change.setMembership({ user, event: after, membership: is })
}

/** By how many the members with a membership change: 1, -1 or 0. */
function countOf({ was, is }: ChangedMember, membership: Membership): number {
  return (is === membership ? 1 : 0) - (was === membership ? 1 : 0)
}

/** What the room says of a local user takes the place of what came from outside; and they are told of invites. */
function tellLocalUser(
  { after }: StateChangeOfMember,
  { userId, was, is }: ChangedMember,
  change: StepContext['change'],
): void {
  if (is !== undefined) change.endInvite(userId)
  if (is === 'invite' && after !== 0) change.output({ kind: 'invite', user: userId, event: after })
  else if (was === 'invite') change.output({ kind: 'invite-retired', user: userId, why: is ?? 'leave' })
}
