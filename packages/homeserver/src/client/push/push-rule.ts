/**
 * Push rules as clients see them. Client-server API, "Push Rules".
 */
import { type Static, Type } from 'typebox'
import { anyObject } from '../schemas.ts'

/** In the order in which they are looked at. */
export const ruleKinds = ['override', 'content', 'room', 'sender', 'underride'] as const
export type RuleKind = (typeof ruleKinds)[number]

/** Of one rule. Each is looked at for each event. */
const maxConditions = 100
const maxActions = 100

export const actions = Type.Array(Type.Union([Type.String(), anyObject]), { maxItems: maxActions })

/** Conditions of kinds that are not known match nothing, and are kept. */
export const condition = Type.Object({
  kind: Type.String(),
  key: Type.Optional(Type.String()),
  pattern: Type.Optional(Type.String()),
  is: Type.Optional(Type.String()),
  value: Type.Optional(Type.Union([Type.String(), Type.Integer(), Type.Boolean(), Type.Null()])),
})
export const conditions = Type.Array(condition, { maxItems: maxConditions })
export const pattern = Type.String({ maxLength: 1_000 })

export const pushRule = Type.Object({
  rule_id: Type.String(),
  default: Type.Boolean(),
  enabled: Type.Boolean(),
  actions,
  conditions: Type.Optional(conditions),
  pattern: Type.Optional(Type.String()),
})

export const pushRuleset = Type.Object({
  override: Type.Array(pushRule),
  content: Type.Array(pushRule),
  room: Type.Array(pushRule),
  sender: Type.Array(pushRule),
  underride: Type.Array(pushRule),
})

export type PushRule = Static<typeof pushRule>
export type PushRuleset = Static<typeof pushRuleset>

export function isRuleKind(text: string): text is RuleKind {
  return (ruleKinds as readonly string[]).includes(text)
}
