/**
 * What can differ between room versions, as named flags and strategies. Code asks these, never the version itself.
 * Specification: "Room Versions" (https://spec.matrix.org/v1.19/rooms/), one page a version.
 */

/** How the event authorisation rules of a version differ. Each flag names the first version that has it set or unset. */
export interface AuthRules {
  /** `m.room.create` must have `content.creator`, and that user is the creator (until 10); else the sender is (11). */
  readonly creatorInContent: boolean
  /** `m.room.aliases` has a rule of its own (until 5). */
  readonly aliasesRule: boolean
  /** The redact level is an authorisation rule (until 2); later it decides whether a valid redaction is applied (3). */
  readonly redactionRule: boolean
  /** Changes of `notifications` in power levels are checked like those of `events` (6). */
  readonly notificationLevelsChecked: boolean
  /** Membership `knock` and join rule `knock` (7). */
  readonly knock: boolean
  /** Join rule `restricted` and `join_authorised_via_users_server` (8). */
  readonly restrictedJoins: boolean
  /** Join rule `knock_restricted` (10). */
  readonly knockRestricted: boolean
  /** Every level in power levels must be an integer, `events` and `notifications` included (10). */
  readonly integerPowerLevels: boolean
  /** Power levels may be written as floating-point numbers, which are truncated (until 5). */
  readonly floatPowerLevels: boolean
  /** Creators outrank every power level and may not be listed in `users`; `additional_creators` counts (12). */
  readonly privilegedCreators: boolean
  /** The create event is implied by the room ID: never among the auth events, and it has no `room_id` (12). */
  readonly createImpliedByRoomId: boolean
}

/** What the redaction algorithm keeps, beyond what all versions keep. */
export interface RedactionRules {
  /** Top-level keys that survive. */
  readonly topLevelKeys: ReadonlySet<string>
  /** Keys of `content` that survive, by event type. `'all'` keeps the content whole. */
  readonly contentKeys: ReadonlyMap<string, ReadonlySet<string> | 'all'>
  /** Of a member event's `third_party_invite`, the `signed` key survives (11). */
  readonly keepsThirdPartyInviteSigned: boolean
}

/** How an event looks on the wire between servers. */
export interface EventFormat {
  /**
   * Where the event ID comes from: a field of the event (until 2), or the reference hash in standard (3) or URL-safe
   * base64 (4).
   */
  readonly eventId: 'field' | 'hash' | 'url-safe-hash'
  /** How `prev_events` and `auth_events` name events: `[event ID, {sha256}]` pairs (until 2), or plain IDs (3). */
  readonly references: 'pairs' | 'ids'
  /** Canonical JSON is enforced (6), or numbers beyond it are let through unchanged (until 5). */
  readonly json: 'strict' | 'lenient'
  /** The highest `depth`: 2^63 - 1 (until 5), 2^53 - 1 (6). */
  readonly maxDepth: bigint
  /**
   * Rooms hold events whose type or state key has more than 255 bytes in no more than 255 characters: these were counted once. Such an
   * event has its place in the graph and is rejected (until 10), or is no event (11). docs/decisions/long-keys.md.
   */
  readonly longKeys: 'rejected' | 'malformed'
  /** Where a redaction names its target: top level (until 10) or `content` (11). */
  readonly redacts: 'top-level' | 'content'
}

/** Which signatures an event needs, and how long keys count. */
export interface SignatureRules {
  /** The server named in the event ID must have signed as well, where it is not the sender's (until 2). */
  readonly eventIdServerSigns: boolean
  /** A key must have been valid when the event was made (5). */
  readonly keyValidity: boolean
}

/** Everything that a room version decides. */
export interface RoomVersionRules {
  readonly version: string
  readonly stability: 'stable' | 'unstable'
  readonly format: EventFormat
  readonly signatures: SignatureRules
  readonly redaction: RedactionRules
  readonly auth: AuthRules
  readonly stateResolution: 'v1' | 'v2' | 'v2.1'
}
