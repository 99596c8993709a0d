/**
 * Shapes that several endpoints share. Objects are open: the specification says that unknown keys are ignored.
 */
import { Type } from 'typebox'

/** An answer that says nothing more than that it was done. */
export const empty = Type.Object({})

/** Any JSON object. */
export const anyObject = Type.Record(Type.String(), Type.Unknown())

/** Identifiers have at most 255 bytes. Appendices, "Identifier Grammar". */
export const identifier = Type.String({ minLength: 1, maxLength: 255 })

/** Chosen by clients; the bound keeps rows and answers small. */
export const deviceId = Type.String({ minLength: 1, maxLength: 255 })

/** Device names are seen by others: long ones only hurt. */
export const deviceDisplayName = Type.String({ maxLength: 100 })

/** Longer ones would only burn time: scrypt hashes them first. */
export const password = Type.String({ maxLength: 512 })

/** "User-Interactive Authentication API": what it holds depends on its type. */
export const authenticationData = Type.Object({
  type: Type.Optional(Type.String()),
  session: Type.Optional(Type.String()),
})

/** "Identifier types" */
export const userIdentifier = Type.Object({
  type: Type.String(),
  user: Type.Optional(Type.String()),
})
