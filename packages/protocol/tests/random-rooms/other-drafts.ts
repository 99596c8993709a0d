/**
 * Everything that is no membership and no power levels: join rules, topics, state keyed by users, aliases, redactions,
 * messages, and create events that come too late.
 */
import type { JsonObject, JsonValue } from '@neurite/protocol'
import { type Draft, type Scene, serverOf } from './scene.ts'

const joinRules = [
  'public',
  'public',
  'public',
  'invite',
  'invite',
  'knock',
  'restricted',
  'knock_restricted',
  'private',
]

export function joinRulesDraft(scene: Scene): Draft {
  const { random } = scene
  const rule = random.weighted<JsonObject>([
    [90, { join_rule: random.pick(joinRules) }],
    [3, {}],
    [3, { join_rule: random.pick<JsonValue>([null, 7, ['public'], 'open']) }],
  ])
  const sender = scene.someoneInPower()
  const stateKey = random.weighted([
    [94, ''],
    [3, 'odd'],
    [2, sender],
    [1, undefined],
  ])
  return { type: 'm.room.join_rules', sender, stateKey, content: rule }
}

export function plainStateDraft(scene: Scene): Draft {
  const { random } = scene
  const type = random.pick(['m.room.topic', 'm.room.topic', 'm.room.name', 'm.room.history_visibility'])
  const stateKey = random.percent(93) ? '' : 'other'
  return { type, sender: scene.someoneInPower(), stateKey, content: { value: random.below(100) } }
}

/** State keyed by a user, mostly the sender's own. */
export function userStateDraft(scene: Scene): Draft {
  const sender = scene.oneWho('join')
  const stateKey = scene.random.percent(85) ? sender : scene.random.pick([scene.anyone(), '@', `${sender}_device`])
  return { type: 'com.example.status', sender, stateKey, content: { value: scene.random.below(100) } }
}

export function aliasesDraft(scene: Scene): Draft {
  const { random } = scene
  const sender = scene.anyone()
  const stateKey = random.weighted([
    [80, serverOf(sender)],
    [15, serverOf(scene.anyone())],
    [5, undefined],
  ])
  return { type: 'm.room.aliases', sender, stateKey, content: { aliases: [] } }
}

export function redactionDraft(scene: Scene): Draft {
  const { random } = scene
  const target = random.pick([...scene.eventIds, '$unknown:one.example', '$unknown', ''])
  const content: JsonObject = scene.rules.format.redacts === 'content' ? { redacts: target } : {}
  const draft = { type: 'm.room.redaction', sender: scene.oneWho('join'), content }
  return random.percent(95) ? { ...draft, redacts: target } : { ...draft, stateKey: '' }
}

export function messageDraft(scene: Scene): Draft {
  return { type: 'm.room.message', sender: scene.oneWho('join'), content: { body: 'x' } }
}

/** Somebody who opens rooms that are open already, and does nothing else. */
const latecomer = '@late:one.example'

/** A create event in a room that has one: judged by itself alone, so good form is all that it needs. */
export function lateCreateDraft(): Draft {
  return { type: 'm.room.create', sender: latecomer, stateKey: '', content: { creator: latecomer } }
}
