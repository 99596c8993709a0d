/**
 * Whether servers agree about a room: the same events, the same of them rejected, the same state before each, the same
 * current state and forward extremities. Which events are soft-failed may differ: that alone depends on the order of
 * arrival (docs/way-of-an-event.md).
 */
import type { ServerName } from '@neurite/protocol'
import type { EventView, ServerUnderTest } from './server-under-test.ts'

/** What one server has to say about a room. */
export interface Account {
  readonly server: ServerName
  readonly events: ReadonlyMap<string, EventView>
  /** Event IDs, sorted. */
  readonly extremities: readonly string[]
  readonly state: readonly string[]
  /** Faults that need no comparison: gaps in the positions of the output. */
  readonly faults: readonly string[]
}

/** Differences named in full; of the rest only the number. */
const maxNamed = 20

export async function accountOf(name: ServerName, server: ServerUnderTest, roomId: string): Promise<Account> {
  const views = await server.events(roomId)
  const room = await server.room(roomId)
  const ids = (events: readonly { eventId: string }[]) => events.map(({ eventId }) => eventId).sort()
  const positions = await server.positions()
  const gap = positions.findIndex((position, index) => index > 0 && position !== (positions[index - 1] as number) + 1)
  const repeated = views.length - new Set(views.map(({ eventId }) => eventId)).size
  return {
    server: name,
    events: new Map(views.map(view => [view.eventId, view])),
    extremities: ids(room?.extremities ?? []),
    state: ids(room?.state ?? []),
    faults: [
      ...(gap > 0 ? [`output position ${positions[gap]} follows ${positions[gap - 1]}`] : []),
      ...(repeated > 0 ? [`${repeated} events are stored twice`] : []),
    ],
  }
}

/**
 * What they do not agree on, with each other and with the rules, a sentence each; empty where they agree on all.
 * @param rules what the rules say; undefined: nobody asked
 */
export function disagreements(accounts: readonly Account[], rules?: Account): string[] {
  const [first, ...others] = rules === undefined ? accounts : [rules, ...accounts]
  if (first === undefined) return []
  const found = accounts.flatMap(({ server, faults }) => faults.map(fault => `${server}: ${fault}`))
  found.push(...missingEvents(accounts))
  for (const other of others) found.push(...differences(first, other))
  return found.length > maxNamed ? [...found.slice(0, maxNamed), `and ${found.length - maxNamed} more`] : found
}

/** What one server has taken, all must have. What its own server rejected or soft-failed was not sent to anybody. */
function missingEvents(accounts: readonly Account[]): string[] {
  const taken = new Map<string, ServerName>()
  for (const { server, events } of accounts)
    for (const [eventId, { status }] of events) if (status === 'accepted') taken.set(eventId, server)
  return [...taken].flatMap(([eventId, has]) =>
    accounts
      .filter(({ events }) => !events.has(eventId))
      .map(({ server }) => `${server} does not have ${eventId}, which ${has} has taken`),
  )
}

function differences(a: Account, b: Account): string[] {
  const found: string[] = []
  for (const [eventId, ours] of a.events) {
    const theirs = b.events.get(eventId)
    if (theirs !== undefined) found.push(...differentVerdicts(a.server, ours, b.server, theirs))
  }
  return [...found, ...differentSets(a, b, 'extremities'), ...differentSets(a, b, 'state')]
}

function differentVerdicts(us: ServerName, ours: EventView, them: ServerName, theirs: EventView): string[] {
  const { eventId } = ours
  if (verdictOf(ours) !== verdictOf(theirs)) {
    const say = (server: ServerName, view: EventView) =>
      `${server} says ${verdictOf(view)} (${view.reason ?? 'no reason'})`
    return [`${eventId}: ${say(us, ours)}, ${say(them, theirs)}`]
  }
  if (String(ours.stateBefore) === String(theirs.stateBefore)) return []
  const missing = (from: EventView, of: EventView) => of.stateBefore?.filter(id => !from.stateBefore?.includes(id))
  const only = `only ${us} has ${missing(theirs, ours)}, only ${them} has ${missing(ours, theirs)}`
  return [`state before ${eventId} (provisional: ${ours.provisional}, ${theirs.provisional}): ${only}`]
}

/** What must be the same everywhere. */
function verdictOf({ status, outlier }: EventView): string {
  return `${status === 'rejected' ? 'rejected' : 'accepted'}${outlier ? ' as an outlier' : ''}`
}

function differentSets(a: Account, b: Account, what: 'extremities' | 'state'): string[] {
  const only = (of: Account, not: Account) => of[what].filter(id => !not[what].includes(id))
  if (String(a[what]) === String(b[what])) return []
  return [`${what}: only ${a.server} has [${only(a, b)}], only ${b.server} has [${only(b, a)}]`]
}
