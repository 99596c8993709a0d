/**
 * The limits of an event's `type` and `state_key`, which together say what piece of state an event is.
 * Client-server API, "Size limits": neither may exceed 255 bytes.
 */
import { fitsInBytes, maxIdentifierBytes } from './length.ts'

/** Whether `value` may be the `type` of an event: a string of at most 255 bytes, without lone surrogates. */
export function isEventType(value: unknown): value is string {
  return isShortText(value)
}

/** Whether `value` may be the `state_key` of an event: a string of at most 255 bytes, empty included. */
export function isStateKey(value: unknown): value is string {
  return isShortText(value)
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && fitsInBytes(value, maxIdentifierBytes) && value.isWellFormed()
}
