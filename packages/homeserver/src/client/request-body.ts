/**
 * JSON bodies. Client-server API, "API Standards": a JSON object in UTF-8, whatever the `Content-Type` says.
 */

import { fits, misfits } from '@neurite/roomserver/inthttp'
import type { TSchema } from 'typebox'
import { ClientError } from './errors.ts'

/** Arrays and objects inside each other: far above what clients send, far below what writing it again can overflow the stack with. */
const maxDepth = 512

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @returns undefined where there is no body at all. @throws {ClientError} `M_NOT_JSON`, or `M_BAD_JSON` where it is nested too deeply */
export function parseBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(bytes))
  } catch (error) {
    throw new ClientError('M_NOT_JSON', `the body is no JSON: ${(error as Error).message}`)
  }
  if (isDeeperThan(value, maxDepth)) throw new ClientError('M_BAD_JSON', 'the JSON is nested too deeply')
  return value
}

/**
 * Holds a body against its schema.
 * @throws {ClientError} `M_MISSING_PARAM` where a key of the outermost object is missing; `M_BAD_JSON` for all else
 */
export function checkBody(schema: TSchema, value: unknown): void {
  if (fits(schema, value)) return
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ClientError('M_BAD_JSON', 'the body must be a JSON object')
  const { required = [] } = schema as { readonly required?: readonly string[] }
  const missing = required.filter(key => !Object.hasOwn(value, key))
  if (missing.length > 0) throw new ClientError('M_MISSING_PARAM', `missing: ${missing.join(', ')}`)
  const [first] = misfits(schema, value)
  const place = first?.place === undefined || first.place === '' ? 'the body' : first.place
  throw new ClientError('M_BAD_JSON', `${place}: ${first?.problem ?? 'does not fit'}`)
}

/** Level by level, so that depth costs no stack. */
function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value]
  for (let at = 0; at <= depth; at++) {
    const next: unknown[] = []
    for (const item of level)
      if (typeof item === 'object' && item !== null)
        for (const inner of Object.values(item)) if (typeof inner === 'object' && inner !== null) next.push(inner)
    if (next.length === 0) return false
    level = next
  }
  return true
}
