/** What `/.well-known/matrix/server` says, and for how long. Server-server API, "Resolving server names", step 3; RFC 9111. */
import { hostOfServer } from './host.ts'

const hour = 3_600_000
/** Where the answer does not say. Recommended by the specification. */
const defaultLifetime = 24 * hour
/** Recommended by the specification. */
export const longestLifetime = 48 * hour
/** An answer that may not be kept at all is kept for so long all the same: else every request would ask for it. */
const shortestLifetime = 300_000

/**
 * The name that is delegated to. The type of the content does not matter: only whether it is such JSON.
 * @returns undefined where the answer is invalid
 */
export function delegateIn(body: string): string | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return undefined // No JSON: as good as none.
  }
  if (typeof answer !== 'object' || answer === null) return undefined
  const delegate = (answer as Readonly<Record<string, unknown>>)['m.server']
  return typeof delegate === 'string' && hostOfServer(delegate) !== undefined ? delegate : undefined
}

/** The headers that decide how long an answer is kept. */
export interface CacheHeaders {
  readonly cacheControl?: string | undefined
  readonly expires?: string | undefined
}

/**
 * How long a valid answer is used, in milliseconds.
 * @param now milliseconds since 1970
 */
export function lifetimeOf({ cacheControl, expires }: CacheHeaders, now: number): number {
  const wanted = fromCacheControl(cacheControl) ?? fromExpires(expires, now) ?? defaultLifetime
  return Math.min(longestLifetime, Math.max(shortestLifetime, wanted))
}

function fromCacheControl(header = ''): number | undefined {
  const directives = header
    .toLowerCase()
    .split(',')
    .map(text => text.trim())
  if (directives.some(directive => /^no-(?:store|cache)\b/.test(directive))) return 0
  const [, seconds] = directives.map(directive => /^max-age="?([0-9]+)"?$/.exec(directive)).find(Boolean) ?? []
  return seconds === undefined ? undefined : Number(seconds) * 1_000
}

function fromExpires(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const at = Date.parse(header)
  // What is no date, commonly "0", says that it has expired.
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}
