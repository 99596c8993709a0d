/**
 * What the sections of the configuration are made of.
 */
import { type TSchema, Type } from 'typebox'

/** A part of the configuration: nothing but these keys, so that a misspelt one is found. */
export function section<P extends Record<string, TSchema>>(properties: P, description: string) {
  return Type.Object(properties, { additionalProperties: false, description })
}

/** Bytes: a number, or a number with a unit. */
export const bytes = (description: string, initial: string) =>
  Type.String({ description, default: initial, pattern: '^[0-9]+( ?(B|kB|KiB|MB|MiB|GB|GiB))?$' })
/** A time: a number with a unit. */
export const duration = (description: string, initial: string) =>
  Type.String({ description, default: initial, pattern: '^[0-9]+ ?(ms|s|min|h|d)$' })
/** Addresses: one, or a network with the length of its prefix. */
export const network = Type.String({ pattern: '^[0-9a-fA-F:.]+(/[0-9]{1,3})?$' })
export const path = (description: string, initial: string) =>
  Type.String({ description, default: initial, minLength: 1 })
export const flag = (description: string, initial: boolean) => Type.Boolean({ description, default: initial })
