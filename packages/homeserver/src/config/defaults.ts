/**
 * The configuration with its defaults filled in, as the schema says them.
 */
import type { TSchema } from 'typebox'

/** What of JSON Schema is used here. */
export interface Shape {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly anyOf?: readonly (Shape & { readonly const?: unknown })[]
}

/** The value with what it leaves out taken from the schema. Optional sections stay out unless they are begun. */
export function withDefaults(schema: TSchema, value: unknown): unknown {
  return fill(schema as Shape, value)
}

function fill(shape: Shape, given: unknown): unknown {
  const value = given === undefined ? (shape.default ?? (shape.type === 'object' ? {} : undefined)) : given
  if (shape.type === 'array' && Array.isArray(value) && shape.items !== undefined) {
    const { items } = shape
    return value.map(item => fill(items, item))
  }
  if (shape.type !== 'object' || !isRecord(value)) return value
  const filled: Record<string, unknown> = { ...value }
  for (const [key, property] of Object.entries(shape.properties ?? {})) {
    const isOptional = shape.required?.includes(key) !== true
    if (isOptional && value[key] === undefined) continue
    filled[key] = fill(property, value[key])
  }
  return filled
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
