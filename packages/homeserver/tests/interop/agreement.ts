/**
 * What it means that servers agree on a room: the same state by event ID, the same history with the same contents, and verdicts that
 * differ only where they may.
 */
import assert from 'node:assert/strict'
import type { Peer, Verdict } from './peer.ts'
import { eventually } from './until.ts'
import type { Json, User } from './user.ts'

export interface Expectation {
  /**
   * Events that servers may have refused to show for what they knew by then (soft failure depends on the order of arrival). All others
   * must be shown everywhere.
   */
  readonly mayBeSoftFailed?: readonly string[]
}

/**
 * Waits until the servers of these users agree on a room.
 * @param users one for each server, who sees all of the room
 * @throws {AssertionError} with the differences that stay
 */
export async function agree(roomId: string, users: readonly User[], expectation: Expectation = {}): Promise<void> {
  const [first, ...others] = users as [User, ...User[]]
  for (const other of others) {
    await eventually(async () =>
      assertSame(await stateOf(first, roomId), await stateOf(other, roomId), first, other, 'state'),
    )
    await eventually(async () => await agreeOnHistory(roomId, first, other, expectation))
  }
  await eventually(() => agreeOnVerdicts(roomId, users, expectation))
}

/** Event IDs by type and state key. */
async function stateOf(user: User, roomId: string): Promise<Map<string, string>> {
  const state = await user.state(roomId)
  return new Map(state.map(({ type, state_key, event_id }) => [`${type}|${state_key}`, event_id]))
}

async function agreeOnHistory(roomId: string, one: User, two: User, { mayBeSoftFailed = [] }: Expectation) {
  const [ones, twos] = await Promise.all([one, two].map(user => historyOf(user, roomId, new Set(mayBeSoftFailed))))
  assertSame(ones!, twos!, one, two, 'history')
}

/** Events as both show them, by ID. */
async function historyOf(user: User, roomId: string, leftOut: ReadonlySet<string>): Promise<Map<string, string>> {
  const events = (await user.history(roomId)).filter(({ event_id }) => !leftOut.has(event_id))
  return new Map(events.map(event => [event.event_id, JSON.stringify(essence(event), sortedKeys)]))
}

/** What is the same on every server: what was signed, or what a redaction has left of it. */
function essence({ type, state_key, sender, content, redacts, origin_server_ts }: Json): Json {
  // Room version 11: a redaction names its event in its content, and servers show clients the other place too.
  const { redacts: inContent = redacts, ...more } = content
  return { type, state_key, sender, origin_server_ts, redacts: inContent, content: more }
}

function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function assertSame(ones: Map<string, string>, twos: Map<string, string>, one: User, two: User, what: string): void {
  const keys = new Set([...ones.keys(), ...twos.keys()])
  const differing = [...keys].filter(key => ones.get(key) !== twos.get(key))
  const say = ({ peer }: User, value: string | undefined) => `  ${peer.program} ${peer.name}: ${value ?? 'nothing'}`
  const lines = differing.map(key => [key, say(one, ones.get(key)), say(two, twos.get(key))].join('\n'))
  assert.equal(differing.length, 0, `the ${what} differs:\n${lines.join('\n')}`)
}

/** What follows from the graph is the same everywhere; who sent an event has accepted it. */
async function agreeOnVerdicts(roomId: string, users: readonly User[], { mayBeSoftFailed = [] }: Expectation) {
  const shown = (await Promise.all(users.map(user => user.history(roomId)))).flat().map(({ event_id }) => event_id)
  const asked = new Set<string>([...shown, ...mayBeSoftFailed])
  const peers = users.map(({ peer }) => peer)
  // Those that can list what they have tell which events the others are to be asked about.
  for (const peer of peers) for (const eventId of (await peer.verdicts(roomId, [])).keys()) asked.add(eventId)
  const found = await Promise.all(peers.map(async peer => [peer, await peer.verdicts(roomId, [...asked])] as const))
  const problems = [...asked].flatMap(eventId => {
    const verdicts = found.map(([peer, of]) => [peer, of.get(eventId)] as const)
    return problem(verdicts, mayBeSoftFailed.includes(eventId)).map(says => `${eventId}: ${says}`)
  })
  assert.deepEqual(problems, [])
}

function problem(verdicts: readonly (readonly [Peer, Verdict | undefined])[], mayBeSoftFailed: boolean): string[] {
  const worked = verdicts.filter(([, verdict]) => verdict !== undefined && verdict !== 'outlier')
  const kinds = new Set(worked.map(([, verdict]) => verdict))
  const all = verdicts.map(([{ program, name }, verdict]) => `${program} ${name}: ${verdict ?? 'unknown'}`).join(', ')
  if (kinds.has('rejected') && kinds.size > 1) return [all]
  if (kinds.has('soft-failed') && !mayBeSoftFailed) return [all]
  return []
}
