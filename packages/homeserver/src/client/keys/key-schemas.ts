/**
 * Shapes of keys. Client-server API, "Device keys", "One-time and fallback keys", "Cross-signing".
 */
import { Type } from 'typebox'

/** Keys that one request may bring or ask for: clients keep about a hundred. */
const maxKeys = 1_000
const name = Type.String({ maxLength: 255 })
/** Public keys and signatures are some 43 and 86 characters; other algorithms may have longer ones. */
const keyText = Type.String({ maxLength: 8_192 })

/** By user and key ID. */
export const signatures = Type.Record(name, Type.Record(name, keyText))

export const deviceKeys = Type.Object({
  user_id: name,
  device_id: name,
  algorithms: Type.Array(name, { maxItems: 100 }),
  keys: Type.Record(name, keyText),
  signatures,
})

/** Some algorithms have a signed object, others a string. */
const claimable = Type.Union([keyText, Type.Object({ key: keyText, signatures: Type.Optional(signatures) })])

/** `<algorithm>:<key ID>` to key. */
export const claimableKeys = Type.Record(Type.String({ pattern: '^[^:]{1,255}:.{1,255}$' }), claimable, {
  additionalProperties: false,
  maxProperties: maxKeys,
})

export const crossSigningKey = Type.Object({
  user_id: name,
  usage: Type.Array(name, { maxItems: 10 }),
  keys: Type.Record(name, keyText, { minProperties: 1, maxProperties: 1 }),
  signatures: Type.Optional(signatures),
})
