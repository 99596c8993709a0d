/**
 * The parts of the room version pages beside the authorisation rules: what is asked, which function does it, which tests
 * show it. Paths count from packages/protocol/src/; tests are given by how their names begin.
 */

/** `file: function`. */
export type Place = `${string}.ts: ${string}`
/** `file: how the test's name begins`. */
export type TestPlace = `${string}.test.ts: ${string}`

export interface Part {
  readonly versions: string
  readonly sense: string
  readonly places: readonly Place[]
  readonly tests: readonly TestPlace[]
}

export interface Section {
  readonly title: string
  readonly parts: readonly Part[]
}

const part = (versions: string, sense: string, places: readonly Place[], tests: readonly TestPlace[]): Part => {
  return { versions, sense, places, tests }
}

export const otherSections: readonly Section[] = [
  {
    title: 'Auth events selection (server-server API)',
    parts: [
      part(
        '1–12',
        'power levels, the sender’s membership, until 11 the create event',
        ['auth/selection.ts: authEventKeys'],
        [
          'auth/selection.test.ts: any event has the create event',
          'auth/selection.test.ts: a create event has no auth events',
        ],
      ),
      part(
        '1–12',
        'for member events: the target’s membership, the join rules',
        ['auth/selection.ts: addMemberKeys'],
        [
          'auth/selection.test.ts: the target’s membership comes',
          'auth/selection.test.ts: a join, an invite and a knock have the join rules',
        ],
      ),
      part(
        '1–12',
        'for invites: the third-party invite of the token',
        ['auth/selection.ts: addMemberKeys'],
        ['auth/selection.test.ts: an invite that claims a third-party invite'],
      ),
      part(
        '8–12',
        'for joins: the membership of the authoriser',
        ['auth/selection.ts: addMemberKeys'],
        ['auth/selection.test.ts: a join has the membership of whom it names'],
      ),
    ],
  },
  {
    title: 'Power levels: creators, defaults, form',
    parts: [
      part(
        '1–12',
        'levels inferred from defaults',
        ['auth/auth-state.ts: levelFor', 'auth/auth-state.ts: requiredLevel'],
        ['auth/auth-state.test.ts: kick, ban, redact and state need 50'],
      ),
      part(
        '1–12',
        'the creator’s level',
        ['auth/auth-state.ts: powerLevelOf', 'auth/creators.ts: roomCreator'],
        [
          'auth/auth-state.test.ts: without power levels the creator has 100',
          'auth/creators.test.ts: until version 10 the creator is whom the content names',
        ],
      ),
      part(
        '12',
        'room creators, infinitely high',
        ['auth/creators.ts: isCreator', 'auth/auth-state.ts: powerLevelOf'],
        [
          'auth/auth-state.test.ts: in version 12 creators keep their power',
          'auth/creators.test.ts: additional creators are creators in version 12 only',
        ],
      ),
      part(
        '1–9',
        'values as strings',
        ['auth/power-levels.ts: levelOfString'],
        [
          'auth/power-levels.test.ts: in version … a string may be a level',
          'auth/power-levels.test.ts: a string with anything else in it',
          'auth/power-levels.test.ts: since version 10 no string is a level',
        ],
      ),
      part(
        '1–5',
        'values as floats',
        ['auth/power-levels.ts: levelOfFloat', 'auth/power-levels.ts: isBeyondDouble'],
        [
          'auth/power-levels.test.ts: until version 5 a float is a level',
          'auth/power-levels-form.test.ts: until version 5 a level beyond the range of a double',
        ],
      ),
    ],
  },
  {
    title: 'Redactions',
    parts: [
      part(
        '1–12',
        'the algorithm',
        ['event/redact.ts: redactJson'],
        [
          'event/redact.test.ts: redaction of version … keeps what its page lists',
          'event/redact.test.ts: what is redacted once stays the same',
        ],
      ),
      part(
        '1–5, 6–7, 8, 9–10, 11–12',
        'the keys that each generation keeps',
        ['room-version/table.ts: redactionFrom'],
        [
          'event/redact.test.ts: redaction of version … keeps what its page lists',
          'event/redact.test.ts: every version is of one of these generations',
        ],
      ),
      part(
        '11–12',
        'signed of third_party_invite',
        ['event/redact.ts: redactJson'],
        ['event/redact.test.ts: since version 11 a member event keeps of third_party_invite'],
      ),
      part(
        '1–12',
        'where a redaction names its target',
        ['event/room-event.ts: redactionTarget'],
        [
          'event/read-pdu.test.ts: redactions name their target',
          'event/room-event.test.ts: a redacted redaction still names its target',
        ],
      ),
    ],
  },
  {
    title: 'Handling redactions',
    parts: [
      part(
        '3–12',
        'applied with the redact level, or to events of the sender’s own server',
        ['auth/redaction.ts: mayRedact'],
        [
          'auth/redaction.test.ts: since version 3 a redaction takes effect',
          'auth/redaction.test.ts: since version 3 the redact level is enough',
        ],
      ),
      part(
        '1–12',
        'only to the event that it names, of its room',
        ['auth/redaction.ts: mayRedact'],
        ['auth/redaction.test.ts: a redaction takes no effect on what it does not name'],
      ),
      part(
        '1–2',
        'decided by rule 11 already',
        ['auth/redaction.ts: mayRedact'],
        ['auth/redaction.test.ts: in versions 1 and 2 a redaction that the rules allowed takes effect'],
      ),
    ],
  },
  {
    title: 'Event format',
    parts: [
      part(
        '1–12',
        'the fields and their types',
        ['event/read-pdu.ts: readForm'],
        ['event/read-pdu.test.ts: an event is read in all versions', 'event/malformed-pdu.test.ts: refused: …'],
      ),
      part(
        '1–2',
        'prev_events and auth_events as pairs',
        ['event/read-pdu.ts: pairedId'],
        ['event/malformed-pdu.test.ts: until version 2 events are named by pairs'],
      ),
      part(
        '3–12',
        'prev_events and auth_events as plain IDs',
        ['event/read-pdu.ts: references'],
        ['event/malformed-pdu.test.ts: since version 3 events are named by plain IDs'],
      ),
      part(
        '1–12',
        'at most 20 prev events and 10 auth events',
        ['event/read-pdu.ts: references'],
        ['event/read-pdu.test.ts: more than 20 prev events or 10 auth events'],
      ),
      part(
        '1–5, 6–12',
        'the limit of depth',
        ['event/read-pdu.ts: integer'],
        ['event/malformed-pdu.test.ts: a depth is not negative'],
      ),
      part(
        '1–12',
        'size limits (client-server API)',
        ['event/read-pdu.ts: refuseTooLarge', 'event/read-pdu.ts: keyOf'],
        ['event/read-pdu.test.ts: an event may have 65,536 bytes', 'event/malformed-pdu.test.ts: … may have 255 bytes'],
      ),
      part(
        '12',
        'the create event has no room_id',
        ['event/read-pdu.ts: readForm'],
        ['event/read-pdu.test.ts: in version 12 the room ID of a create event'],
      ),
    ],
  },
  {
    title: 'Event IDs, room IDs, hashes',
    parts: [
      part(
        '1–2',
        'the event says its ID',
        ['event/read-pdu.ts: readPdu'],
        [
          'event/read-pdu.test.ts: the event ID is the field until version 2',
          'event/malformed-pdu.test.ts: until version 2 an event needs an event_id',
        ],
      ),
      part(
        '3, 4–12',
        'the reference hash, in standard or URL-safe base64',
        ['event/hashes.ts: eventIdOfHash'],
        [
          'event/hashes.test.ts: event IDs are the hash in standard base64',
          'event/read-pdu.test.ts: the event ID is the field until version 2',
        ],
      ),
      part(
        '3–12',
        'no event_id between servers',
        ['event/read-pdu.ts: withoutForeignEventId'],
        ['event/read-pdu.test.ts: since version 3 an event_id on the wire is ignored'],
      ),
      part(
        '12',
        'the room ID is the create event’s ID',
        ['event/hashes.ts: roomIdOfCreate', 'event/hashes.ts: createEventIdOf'],
        ['event/hashes.test.ts: in version 12 the room ID is'],
      ),
      part(
        '1–12',
        'content hash',
        ['event/hashes.ts: contentHash'],
        [
          'event/hashes.test.ts: the content hash covers',
          'event/read-pdu.test.ts: content that is not what was hashed',
        ],
      ),
      part(
        '1–12',
        'reference hash',
        ['event/hashes.ts: referenceHash'],
        ['event/hashes.test.ts: the reference hash covers'],
      ),
    ],
  },
  {
    title: 'Canonical JSON',
    parts: [
      part(
        '1–5',
        'not enforced',
        ['canonical-json/number-token.ts: lenientNumber'],
        ['event/read-pdu.test.ts: until version 5 numbers beyond canonical JSON'],
      ),
      part(
        '6–12',
        'strictly enforced',
        ['canonical-json/number-token.ts: strictNumber', 'event/read-pdu.ts: toObject'],
        [
          'event/read-pdu.test.ts: until version 5 numbers beyond canonical JSON',
          'event/malformed-pdu.test.ts: JSON that servers might read differently',
        ],
      ),
    ],
  },
  {
    title: 'Signatures',
    parts: [
      part(
        '1–12',
        'the sender’s server signs',
        ['event/verify.ts: requiredSigners', 'event/verify.ts: verifyEvent'],
        ['event/verify.test.ts: an event needs the signature of its sender’s server'],
      ),
      part(
        '1–2',
        'the event ID’s server signs',
        ['event/verify.ts: requiredSigners'],
        ['event/verify.test.ts: until version 2 the server in the event ID signs too'],
      ),
      part(
        '1–12',
        'an invite by third party may come from another server',
        ['event/verify.ts: isThirdPartyInvite'],
        ['event/verify.test.ts: an invite by third party may come from any server'],
      ),
      part(
        '8–12',
        'the authoriser’s server signs',
        ['event/verify.ts: requiredSigners'],
        [
          'event/verify.test.ts: since version 8 the server of an authoriser signs',
          'event/verify.test.ts: a redacted event of version 8 no longer says who authorised it',
        ],
      ),
      part(
        '1–12',
        'unknown and expired keys are skipped',
        ['event/verify.ts: candidates', 'event/verify.ts: keyCounts'],
        [
          'event/verify.test.ts: signatures by keys that are not known are skipped',
          'event/verify.test.ts: in all versions a key that has expired counts',
        ],
      ),
      part(
        '1–12',
        'all others must fit',
        ['event/verify.ts: verifyEvent'],
        ['event/verify.test.ts: one wrong signature by a known key is too many'],
      ),
      part(
        '5–12',
        'signing key validity period',
        ['event/verify.ts: keyCounts'],
        [
          'event/verify.test.ts: since version 5 a key must have been valid',
          'event/verify.test.ts: since version 5 a key is believed for seven days',
        ],
      ),
      part(
        '1–12',
        'adding hashes and signatures',
        ['event/sign.ts: hashAndSignEvent', 'event/sign.ts: addEventSignature'],
        [
          'event/sign.test.ts: an event gets the hash of its content',
          'event/sign.test.ts: a signature joins those of the same server',
        ],
      ),
    ],
  },
]
