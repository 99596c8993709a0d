/**
 * The environment over the file, for containers: `NEURITE_SERVER_NAME=example.org`, `NEURITE_LOG__LEVEL=debug`. Two underscores go
 * one level down; values are read as YAML, so that numbers and lists can be given.
 */
import { parse } from 'yaml'
import type { Shape } from './defaults.ts'
import { ConfigurationError } from './error.ts'

export const environmentPrefix = 'NEURITE_'
/** Names of the command line's own: not keys of the configuration. */
const notKeys = new Set(['NEURITE_CONFIG'])

/** @returns the settings with what the environment says put over them */
export function withEnvironment(
  settings: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  shape: Shape,
): Record<string, unknown> {
  let result: Record<string, unknown> = { ...settings }
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(environmentPrefix) || notKeys.has(name) || text === undefined) continue
    const path = name.slice(environmentPrefix.length).toLowerCase().split('__')
    const target = path.reduce<Shape | undefined>((at, key) => at?.properties?.[key], shape)
    if (target === undefined) throw new ConfigurationError(name, 'is no key of the configuration', 'the environment')
    result = put(result, path, target.type === 'string' ? text : parse(text))
  }
  return result
}

function put(
  into: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (key === undefined) return { ...into }
  if (rest.length === 0) return { ...into, [key]: value }
  const below = into[key]
  const inner = typeof below === 'object' && below !== null ? (below as Record<string, unknown>) : {}
  return { ...into, [key]: put(inner, rest, value) }
}
