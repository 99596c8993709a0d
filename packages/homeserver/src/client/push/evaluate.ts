/**
 * What the push rules of a user say to an event. Client-server API, "Push Rules": the first rule that matches decides, kinds in their
 * order.
 */
import { compileGlob, globMatches } from '@neurite/protocol'
import type { EventJson, JsonContent } from '../events/event-json.ts'
import { containsUserName } from './default-rules.ts'
import { propertyOf } from './property.ts'
import { type PushRule, type PushRuleset, type RuleKind, ruleKinds } from './push-rule.ts'
import { wordsMatch } from './words-match.ts'

type Condition = NonNullable<PushRule['conditions']>[number]

/** What rules ask about besides the event. */
export interface RoomFacts {
  /** Of the user in the room. */
  readonly displayName: string | undefined
  readonly members: number
  /** Whether the sender of the event may notify the whole room, or what else `notifications` names. */
  mayNotify(sender: string, key: string): boolean
}

export interface PushVerdict {
  readonly notifies: boolean
  readonly highlights: boolean
  /** How it is to be presented: `sound` and what else the rule sets, `highlight` as well. */
  readonly tweaks: JsonContent
}

export function evaluate(rules: PushRuleset, event: EventJson, facts: RoomFacts): PushVerdict {
  for (const kind of ruleKinds)
    for (const rule of rules[kind]) if (rule.enabled && matches(kind, rule, event, facts)) return verdictOf(rule)
  return { notifies: false, highlights: false, tweaks: {} }
}

function verdictOf({ actions }: PushRule): PushVerdict {
  if (!actions.includes('notify')) return { notifies: false, highlights: false, tweaks: {} }
  const tweaks: Record<string, unknown> = {}
  for (const action of actions) {
    if (typeof action !== 'object' || typeof action['set_tweak'] !== 'string') continue
    // A highlight needs no value; other tweaks are nothing without one.
    const value = action['value'] ?? (action['set_tweak'] === 'highlight' ? true : undefined)
    if (value !== undefined) tweaks[action['set_tweak']] = value
  }
  return { notifies: true, highlights: 'highlight' in tweaks && tweaks['highlight'] !== false, tweaks }
}

function matches(kind: RuleKind, rule: PushRule, event: EventJson, facts: RoomFacts): boolean {
  switch (kind) {
    case 'room':
      return rule.rule_id === event.roomId
    case 'sender':
      return rule.rule_id === event.sender
    case 'content':
      if (rule.rule_id === containsUserName && Object.hasOwn(event.content, 'm.mentions')) return false
      return matchesText('content.body', rule.pattern ?? '', event)
    case 'override':
    case 'underride':
      return (rule.conditions ?? []).every(condition => holds(condition, event, facts))
  }
}

/** Conditions of kinds that are not known never hold. */
function holds(condition: Condition, event: EventJson, facts: RoomFacts): boolean {
  const { key = '', value, pattern = '', is = '' } = condition
  switch (condition.kind) {
    case 'event_match':
      return matchesText(key, pattern, event)
    case 'event_property_is':
      return value !== undefined && propertyOf(jsonOf(event), key) === value
    case 'event_property_contains': {
      const list = propertyOf(jsonOf(event), key)
      return value !== undefined && Array.isArray(list) && list.includes(value)
    }
    case 'contains_display_name':
      return facts.displayName !== undefined && matchesBody(facts.displayName, event)
    case 'room_member_count':
      return isCount(is, facts.members)
    case 'sender_notification_permission':
      return facts.mayNotify(event.sender, key)
    default:
      return false
  }
}

/** Case does not count. The body is looked through for words, other properties are matched as a whole. */
function matchesText(key: string, pattern: string, event: EventJson): boolean {
  const value = propertyOf(jsonOf(event), key)
  if (typeof value !== 'string') return false
  const [folded, text] = [pattern.toLowerCase(), value.toLowerCase()]
  return key === 'content.body' ? wordsMatch(folded, text) : globMatches(compileGlob(folded), text)
}

/** A name is no pattern: `*` and `?` in it match anything, which is no harm. */
function matchesBody(name: string, { content }: EventJson): boolean {
  const { body } = content
  return name !== '' && typeof body === 'string' && wordsMatch(name.toLowerCase(), body.toLowerCase())
}

/** The event with what is not part of it on the wire. */
function jsonOf({ json, roomId, eventId }: EventJson): JsonContent {
  return { ...json, room_id: roomId, event_id: eventId }
}

function isCount(is: string, members: number): boolean {
  const [, comparison = '==', digits] = /^(==|<=|>=|<|>)?(\d{1,15})$/.exec(is) ?? []
  if (digits === undefined) return false
  const number = Number(digits)
  switch (comparison) {
    case '<':
      return members < number
    case '>':
      return members > number
    case '<=':
      return members <= number
    case '>=':
      return members >= number
    default:
      return members === number
  }
}
