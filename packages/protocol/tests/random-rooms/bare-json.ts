/**
 * Content as the JSON reader makes it: objects that inherit nothing.
 */
import { type JsonObject, type JsonValue, RawNumber } from '@neurite/protocol'

/** A deep copy in which no object has a prototype. */
export function bare<T extends JsonValue | undefined>(value: T): T
export function bare(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || value instanceof RawNumber) return value
  if (Array.isArray(value)) return value.map(item => bare(item as JsonValue))
  return bareObject(value as JsonObject)
}

export function bareObject(object: JsonObject): Record<string, JsonValue | undefined> {
  const copy: Record<string, JsonValue | undefined> = Object.create(null)
  for (const key of Object.keys(object)) if (object[key] !== undefined) copy[key] = bare(object[key])
  return copy
}
