/** Headers of answers, as the code here reads them. */
import type { IncomingHttpHeaders } from 'node:http'

/** By lower-case name. */
export type Headers = Readonly<Record<string, string | undefined>>

/** Of a header that came several times, the first. */
export function firstOfEach(headers: IncomingHttpHeaders): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : value?.[0]]),
  )
}

/** The type of a content without its parameters, in lower case; empty where there is none. */
export function mediaTypeOf(headers: Headers): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

/**
 * When a server wants to be asked again: `Retry-After` in seconds or as a date. RFC 9110, section 10.2.3.
 * @param now milliseconds since 1970
 * @returns milliseconds from now; undefined where it does not say
 */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const header = headers['retry-after']?.trim()
  if (header === undefined) return undefined
  if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
