/**
 * The time of an event as an application service says it: that at which it happened elsewhere. Application service API, "Timestamp
 * massaging".
 */
import { Type } from 'typebox'
import type { Caller } from '../authenticate.ts'

/** The query of the endpoints that take it. Milliseconds since 1970. */
export const withTimestamp = { ts: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })) }

/** What goes into the event's draft: users' events are of the time when they come. */
export function timestampOf(
  { service }: Caller,
  { ts }: { readonly ts?: number | undefined },
): { readonly timestamp?: number } {
  return service === undefined || ts === undefined ? {} : { timestamp: ts }
}
