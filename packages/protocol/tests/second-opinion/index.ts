// The second opinion: the authorisation rules and state resolution of room versions 1 to 12, written from the text of
// the specification alone, plainly and without care for speed. Other implementations are compared with it in tests.

import type { Readings } from './readings.ts'
import { IN_USE } from './readings.ts'
import { resolveV1 } from './resolve-v1.ts'
import { resolveV2 } from './resolve-v2.ts'
import type { PlainContext } from './types.ts'
import { versionNumber } from './types.ts'

export { authKeys } from './auth-events.ts'
export { authorizeByAuthEvents, authorizeByState } from './authorize.ts'
export type { Readings } from './readings.ts'
export { IN_USE, LETTER } from './readings.ts'
export { redact } from './redact.ts'
export type { Json, PlainContext, PlainEvent, PlainVerdict } from './types.ts'
export { isRawNumber } from './types.ts'

/**
 * Resolves states to one. Keys are `${type}\t${stateKey}`, values event IDs; all of them have to be known to `context`.
 * No states resolve to the empty state. `options` say how the letter is read where servers in use part from it.
 */
export function resolve(
  version: string,
  sets: readonly ReadonlyMap<string, string>[],
  context: PlainContext,
  options: Partial<Readings> = {},
): Map<string, string> {
  const readings = { ...IN_USE, ...options }
  if (versionNumber(version) === 1) return resolveV1(version, sets, context, readings)
  return resolveV2(version, sets, context, readings)
}
