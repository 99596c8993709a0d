/**
 * Power levels: fights between rivals, and levels in every form that a room version allows, or does not.
 */
import { isJsonObject, type JsonObject, type JsonValue, namedLevels, RawNumber } from '@neurite/protocol'
import { bareObject } from './bare-json.ts'
import type { Random } from './random.ts'
import type { Draft, Scene } from './scene.ts'

const eventTypes = ['m.room.topic', 'm.room.name', 'm.room.power_levels', 'm.room.join_rules', 'com.example.status']

/** Values that are no level in some or in all room versions. */
const badLevels: readonly JsonValue[] = [null, true, '', ' ', '5x', '5.0', '1e2', '0x10', '--5', '+ 5', [], [50], {}]
const badNumbers: readonly JsonValue[] = [new RawNumber('1e400'), -(10n ** 320n), new RawNumber('-1e999')]

/** A whole number in one of the forms that the room version allows. */
export function levelValue(level: number, { auth }: Scene['rules'], random: Random): JsonValue {
  if (!Number.isSafeInteger(level)) return auth.floatPowerLevels ? BigInt(level) : Math.sign(level) * 2 ** 52
  const sign = level < 0 ? '-' : ''
  const digits = String(Math.abs(level))
  if (!auth.integerPowerLevels && random.percent(25))
    return random.pick([
      `${level}`,
      ` ${level} `,
      `${sign}00${digits}`,
      `\t${level}\n`,
      `\u00A0${sign || '+'}${digits}\u2003\u0085`,
      level === 0 ? '-0' : `${level}`,
    ])
  if (auth.floatPowerLevels && random.percent(25))
    return random.pick([
      new RawNumber(`${level}.0`),
      new RawNumber(`${sign}${digits}.57`),
      new RawNumber(`${sign}${digits}0e-1`),
      new RawNumber(`${sign}${digits}.125E+2`),
      new RawNumber(`${sign}0.5`),
    ])
  return level
}

/** Beyond 2^53: a number where the room version lets it through, or a string. */
function hugeLevel({ auth }: Scene['rules'], random: Random): JsonValue {
  const level = 2n ** 53n + BigInt(random.below(3))
  if (auth.floatPowerLevels) return random.pick([level, -level, String(level)])
  return auth.integerPowerLevels ? Number.MAX_SAFE_INTEGER : random.pick([String(level), `-${level}`])
}

function anyLevel(scene: Scene, most: number): JsonValue {
  const { random, rules } = scene
  if (random.percent(5)) return hugeLevel(rules, random)
  if (random.percent(3)) return random.pick(rules.auth.floatPowerLevels ? [...badLevels, ...badNumbers] : badLevels)
  const level = random.pick([0, 0, 25, 50, 50, 75, 100, -10, 1, most, most, most - 1, most + 1])
  return levelValue(level, rules, random)
}

type Change = (content: Record<string, JsonValue | undefined>, scene: Scene, sender: string) => void

/** Changes one entry of `users`, `events` or `notifications`, or takes it away. */
function changeEntry(name: string, keys: (scene: Scene, sender: string) => readonly string[]): Change {
  return (content, scene, sender) => {
    const { random } = scene
    const entries = bareObject(isJsonObject(content[name]) ? content[name] : {})
    const key = random.pick(keys(scene, sender))
    entries[key] = random.percent(15) ? undefined : anyLevel(scene, scene.powerOf(sender))
    content[name] = entries
  }
}

const changeUsers = changeEntry('users', ({ people }) => people)
const changeOwn = changeEntry('users', (_, sender) => [sender])
const changeEvents = changeEntry('events', () => eventTypes)
const changeNotifications = changeEntry('notifications', () => ['room', 'other'])
const changeNamed: Change = (content, scene, sender) => {
  const name = scene.random.pick(namedLevels)
  content[name] = scene.random.percent(20) ? undefined : anyLevel(scene, scene.powerOf(sender))
}
const spoil: Change = (content, { random }) => {
  const name = random.pick([...namedLevels, 'users', 'events', 'notifications'])
  const odd: JsonValue[] = [[], 'x', 5, { '@no user ID': 5 }, { '@:one.example': 5 }, { 'com.example': '5x' }]
  content[name] = random.pick(odd)
}

/** The current power levels, changed in one to three places, mostly so that the sender may do it. */
export function powerLevelsDraft(scene: Scene): Draft {
  const { random } = scene
  const sender = scene.someoneInPower()
  const content = bareObject(scene.current('m.room.power_levels')?.content ?? firstPowerLevels(scene))
  for (let changes = random.between(1, 3); changes > 0; changes--) {
    const change = random.weighted<Change>([
      [50, changeUsers],
      [8, changeOwn],
      [15, changeEvents],
      [8, changeNotifications],
      [20, changeNamed],
      [2, spoil],
    ])
    change(content, scene, sender)
  }
  const stateKey = random.weighted([
    [95, ''],
    [2, 'odd'],
    [2, sender],
    [1, undefined],
  ])
  return { type: 'm.room.power_levels', sender, stateKey, content }
}

/** Power levels as a room begins with. Creators are listed where they may be. */
export function firstPowerLevels({ random, rules, people, state }: Scene): JsonObject {
  const create = state.create()
  const users: Record<string, JsonValue | undefined> = Object.create(null)
  const level = (value: number) => levelValue(value, rules, random)
  for (const user of people) {
    const creator = state.powerLevelOf(user) === Number.POSITIVE_INFINITY
    if (creator && !random.percent(1)) continue
    if (user === create?.sender) users[user] = level(100)
    else if (random.percent(60))
      users[user] = random.percent(95) ? level(random.pick([100, 50, 50, 75, 1])) : hugeLevel(rules, random)
  }
  const content = bareObject({ users })
  if (random.percent(50)) content['state_default'] = level(random.pick([0, 25, 50]))
  if (random.percent(30)) content['invite'] = level(random.pick([0, 25, 50]))
  if (random.percent(30)) content['events'] = bareObject({ 'm.room.topic': level(random.pick([0, 75])) })
  if (random.percent(30)) content['kick'] = level(random.pick([0, 25, 75]))
  if (random.percent(30)) content['ban'] = level(random.pick([25, 75, 100]))
  if (random.percent(20)) content['users_default'] = level(random.pick([0, 25]))
  return content
}
