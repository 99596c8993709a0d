/**
 * A property of an event by its path. Appendices, "Dot-separated property paths".
 */

/** Undefined where there is no such property. */
export function propertyOf(event: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = event
  for (const key of keysOf(path)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** `\.` is a dot in a key, `\\` a backslash; any other backslash stands for itself. */
function keysOf(path: string): string[] {
  const keys = ['']
  for (const [token] of path.matchAll(/\\[\\.]|[\s\S]/g)) {
    if (token === '.') keys.push('')
    else keys[keys.length - 1] += token.length === 2 ? token.slice(1) : token
  }
  return keys
}
