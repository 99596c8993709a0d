/**
 * Judging an event that somebody tries to send into a story's room, and asserting which rule decided.
 */
import assert from 'node:assert/strict'
import {
  authorizeByAuthEvents,
  authorizeByState,
  type JudgedEvent,
  nodeCrypto,
  type RoomEvent,
  type RuleName,
  type Verdict,
} from '@neurite/protocol'
import type { Draft, Story } from './story.ts'

/** A verdict in short: `deny join/banned`. */
export type Decision = `${'allow' | 'deny'} ${RuleName}`

/** Whether the state so far allows an event: checks 5 and 6. */
export function judge(room: Story, draft: Draft): Verdict {
  return authorizeByState(room.build(draft), room.lookup(), nodeCrypto)
}

/** Whether an event's own auth events allow it: check 4. */
export function judgeByAuthEvents(room: Story, draft: Draft): Verdict {
  const event = room.build(draft)
  const { impliedCreate } = room.graph
  const create = impliedCreate === undefined ? undefined : judged(room, impliedCreate)
  return authorizeByAuthEvents(event, judgedAuthEvents(room, event), create, nodeCrypto)
}

/** An event's auth events as its server would have them. */
export function judgedAuthEvents(room: Story, event: RoomEvent): JudgedEvent[] {
  return event.authEvents.map(id => judged(room, room.numberOfId(id)))
}

function judged({ graph }: Story, number: number): JudgedEvent {
  return { event: graph.event(number), rejected: graph.isRejected(number) }
}

/** Asserts what was decided and by which rule. A type error shows a rule name that does not exist. */
export function assertDecided(verdict: Verdict, decision: Decision, about?: string): void {
  const found = `${verdict.allowed ? 'allow' : 'deny'} ${verdict.rule}`
  const reason = verdict.allowed ? '' : `: ${verdict.reason}`
  assert.equal(found, decision, `${about === undefined ? '' : `${about}: `}expected ${decision}, got ${found}${reason}`)
}

/** Judges an event by the state so far and asserts the decision. */
export function assertJudged(room: Story, draft: Draft, decision: Decision, about?: string): void {
  assertDecided(judge(room, draft), decision, about ?? `version ${room.rules.version}`)
}
