/**
 * Lists in pages. What `next` holds is opaque to callers; pages that were asked for in the meantime stay whole, since each begins
 * behind the last key of the one before.
 */
import { defaultPage, RoomServerError } from '../api/index.ts'

export interface PageRequest {
  readonly after?: string
  readonly limit?: number
}

export function pageLimit({ limit = defaultPage }: PageRequest): number {
  return limit
}

/** A number as `next` has it; 0 for the first page. @throws {RoomServerError} `M_INVALID_PARAM` */
export function numberAfter<N extends number>({ after }: PageRequest): N | 0 {
  if (after === undefined) return 0
  const number = Number(after)
  if (Number.isSafeInteger(number) && number >= 0) return number as N
  throw new RoomServerError('M_INVALID_PARAM', `${JSON.stringify(after)} is no place in this list`)
}

/** `next`, where a page is full and so may not be the last. */
export function nextAfter(
  page: readonly unknown[],
  { limit = defaultPage }: PageRequest,
  last: string | number | undefined,
) {
  return page.length < limit || last === undefined ? {} : { next: String(last) }
}
