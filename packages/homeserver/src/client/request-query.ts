/**
 * Query parameters: strings, turned into what their schema says.
 */
import { fits, misfit } from '@neurite/roomserver/inthttp'
import type { TSchema } from 'typebox'
import { ClientError } from './errors.ts'

interface Shape {
  readonly type?: string
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>
  readonly required?: readonly string[]
}

/** @throws {ClientError} `M_MISSING_PARAM`, `M_INVALID_PARAM` */
export function readQuery(schema: TSchema, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { properties = {}, required = [] } = schema as Shape
  const missing = required.filter(name => raw[name] === undefined)
  if (missing.length > 0) throw new ClientError('M_MISSING_PARAM', `missing in the query: ${missing.join(', ')}`)
  const entries = Object.entries(properties)
    .filter(([name]) => raw[name] !== undefined)
    .map(([name, { type }]) => [name, parsedValue(raw[name], type)] as const)
  const query = Object.fromEntries(entries)
  if (!fits(schema, query)) throw new ClientError('M_INVALID_PARAM', `in the query: ${misfit(schema, query)}`)
  return query
}

function parsedValue(value: unknown, type: string | undefined): unknown {
  // Many of one name where one is wanted: the schema refuses the list.
  if (type === 'array') return Array.isArray(value) ? value : [value]
  if (typeof value !== 'string') return value
  if (type === 'integer') return /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  return value
}
