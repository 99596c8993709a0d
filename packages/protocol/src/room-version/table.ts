/**
 * The room version table: each version is the difference to the one before, as on its page of the specification
 * (https://spec.matrix.org/v1.19/rooms/). This is the only place that knows what a version number means.
 */
import type { AuthRules, EventFormat, RedactionRules, RoomVersionRules, SignatureRules } from './rules.ts'

/** A version as it differs from another: parts are merged key by key. */
interface Difference {
  readonly version: string
  readonly format?: Partial<EventFormat>
  readonly signatures?: Partial<SignatureRules>
  readonly redaction?: RedactionRules
  readonly auth?: Partial<AuthRules>
  readonly stateResolution?: RoomVersionRules['stateResolution']
}

function differsFrom(base: RoomVersionRules, difference: Difference): RoomVersionRules {
  return Object.freeze({
    version: difference.version,
    stability: base.stability,
    format: Object.freeze({ ...base.format, ...difference.format }),
    signatures: Object.freeze({ ...base.signatures, ...difference.signatures }),
    redaction: difference.redaction ?? base.redaction,
    auth: Object.freeze({ ...base.auth, ...difference.auth }),
    stateResolution: difference.stateResolution ?? base.stateResolution,
  })
}

/** A redaction algorithm as it differs from another: `content` overrides types, `undefined` drops one. */
function redactionFrom(
  base: RedactionRules,
  difference: {
    readonly withoutTopLevel?: readonly string[]
    readonly content?: Readonly<Record<string, readonly string[] | 'all' | undefined>>
    readonly keepsThirdPartyInviteSigned?: boolean
  },
): RedactionRules {
  const topLevelKeys = new Set(base.topLevelKeys)
  for (const key of difference.withoutTopLevel ?? []) topLevelKeys.delete(key)
  const contentKeys = new Map(base.contentKeys)
  for (const [type, keys] of Object.entries(difference.content ?? {})) {
    if (keys === undefined) contentKeys.delete(type)
    else contentKeys.set(type, keys === 'all' ? 'all' : new Set(keys))
  }
  return {
    topLevelKeys,
    contentKeys,
    keepsThirdPartyInviteSigned: difference.keepsThirdPartyInviteSigned ?? base.keepsThirdPartyInviteSigned,
  }
}

const redactionV1: RedactionRules = {
  topLevelKeys: new Set([
    'event_id',
    'type',
    'room_id',
    'sender',
    'state_key',
    'content',
    'hashes',
    'signatures',
    'depth',
    'prev_events',
    'prev_state',
    'auth_events',
    'origin',
    'origin_server_ts',
    'membership',
  ]),
  contentKeys: new Map([
    ['m.room.member', new Set(['membership'])],
    ['m.room.create', new Set(['creator'])],
    ['m.room.join_rules', new Set(['join_rule'])],
    [
      'm.room.power_levels',
      new Set(['ban', 'events', 'events_default', 'kick', 'redact', 'state_default', 'users', 'users_default']),
    ],
    ['m.room.aliases', new Set(['aliases'])],
    ['m.room.history_visibility', new Set(['history_visibility'])],
  ]),
  keepsThirdPartyInviteSigned: false,
}
/** Version 6: `m.room.aliases` means nothing special any more (MSC2432). */
const redactionV6 = redactionFrom(redactionV1, { content: { 'm.room.aliases': undefined } })
/** Version 8: `allow` of the join rules survives (MSC3083). */
const redactionV8 = redactionFrom(redactionV6, { content: { 'm.room.join_rules': ['join_rule', 'allow'] } })
/** Version 9: the authoriser of a restricted join survives (MSC3375). */
const redactionV9 = redactionFrom(redactionV8, {
  content: { 'm.room.member': ['membership', 'join_authorised_via_users_server'] },
})
/** Version 11: MSC2174, MSC2176, MSC3989. */
const redactionV11 = redactionFrom(redactionV9, {
  withoutTopLevel: ['prev_state', 'origin', 'membership'],
  content: {
    'm.room.create': 'all',
    'm.room.power_levels': [
      'ban',
      'events',
      'events_default',
      'invite',
      'kick',
      'redact',
      'state_default',
      'users',
      'users_default',
    ],
    'm.room.redaction': ['redacts'],
  },
  keepsThirdPartyInviteSigned: true,
})

const v1: RoomVersionRules = Object.freeze({
  version: '1',
  stability: 'stable',
  format: Object.freeze({
    eventId: 'field',
    references: 'pairs',
    json: 'lenient',
    maxDepth: 2n ** 63n - 1n,
    longKeys: 'rejected',
    redacts: 'top-level',
  }),
  signatures: Object.freeze({ eventIdServerSigns: true, keyValidity: false }),
  redaction: redactionV1,
  auth: Object.freeze({
    creatorInContent: true,
    aliasesRule: true,
    redactionRule: true,
    notificationLevelsChecked: false,
    knock: false,
    restrictedJoins: false,
    knockRestricted: false,
    integerPowerLevels: false,
    floatPowerLevels: true,
    privilegedCreators: false,
    createImpliedByRoomId: false,
  }),
  stateResolution: 'v1',
})

const v2 = differsFrom(v1, { version: '2', stateResolution: 'v2' })

/** Event IDs are reference hashes; redactions leave the authorisation rules. */
const v3 = differsFrom(v2, {
  version: '3',
  format: { eventId: 'hash', references: 'ids' },
  signatures: { eventIdServerSigns: false },
  auth: { redactionRule: false },
})

const v4 = differsFrom(v3, { version: '4', format: { eventId: 'url-safe-hash' } })

const v5 = differsFrom(v4, { version: '5', signatures: { keyValidity: true } })

/** Canonical JSON enforced (MSC2540), notification levels checked (MSC2209), aliases plain events (MSC2432). */
const v6 = differsFrom(v5, {
  version: '6',
  format: { json: 'strict', maxDepth: 2n ** 53n - 1n },
  redaction: redactionV6,
  auth: { aliasesRule: false, notificationLevelsChecked: true, floatPowerLevels: false },
})

/** Knocking (MSC2403). */
const v7 = differsFrom(v6, { version: '7', auth: { knock: true } })

/** Restricted joins (MSC3083). */
const v8 = differsFrom(v7, { version: '8', redaction: redactionV8, auth: { restrictedJoins: true } })

const v9 = differsFrom(v8, { version: '9', redaction: redactionV9 })

/** Integer power levels (MSC3667), `knock_restricted` (MSC3787). */
const v10 = differsFrom(v9, { version: '10', auth: { knockRestricted: true, integerPowerLevels: true } })

/** Redaction clarified, `redacts` in content, no `creator` (MSC3820). */
const v11 = differsFrom(v10, {
  version: '11',
  format: { redacts: 'content', longKeys: 'malformed' },
  redaction: redactionV11,
  auth: { creatorInContent: false },
})

/** State resolution 2.1 (MSC4297), privileged creators (MSC4289), room IDs as create hashes (MSC4291). */
const v12 = differsFrom(v11, {
  version: '12',
  auth: { privilegedCreators: true, createImpliedByRoomId: true },
  stateResolution: 'v2.1',
})

/** All known room versions by their identifier. Identifiers are opaque strings. */
export const roomVersions: ReadonlyMap<string, RoomVersionRules> = new Map(
  [v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12].map(rules => [rules.version, rules]),
)

/** The version that new rooms get unless asked otherwise (specification v1.19: servers SHOULD create version 12). */
export const defaultRoomVersion = '12'
