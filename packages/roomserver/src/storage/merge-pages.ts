/**
 * A page of rows in order, out of storage and of rows that are not there yet. A page is short only where the rows end, however
 * many of storage's rows pending changes take out.
 */
import { compareStored } from './packed/text.ts'

/**
 * @param read reads a page of storage's rows, by rising key
 * @param pending rows that take the place of storage's or come between them; undefined takes a row out
 */
export function mergePages<K extends number, V>(
  read: (after: K | 0, limit: number) => Promise<V[]>,
  keyOf: (row: V) => K,
  pending: ReadonlyMap<K, V | undefined>,
  after: K | 0,
  limit: number,
): Promise<V[]> {
  return merge<K | 0, K, V>(read, keyOf, pending, after, limit, (a, b) => a - b)
}

/** The same where keys are text, in the order of databases; '' stands before the first. */
export function mergePagesByText<V>(
  read: (after: string, limit: number) => Promise<V[]>,
  keyOf: (row: V) => string,
  pending: ReadonlyMap<string, V | undefined>,
  after: string,
  limit: number,
): Promise<V[]> {
  return merge<string, string, V>(read, keyOf, pending, after, limit, compareStored)
}

async function merge<From, K extends From, V>(
  read: (after: From, limit: number) => Promise<V[]>,
  keyOf: (row: V) => K,
  pending: ReadonlyMap<K, V | undefined>,
  after: From,
  limit: number,
  order: (one: From, other: From) => number,
): Promise<V[]> {
  if (pending.size === 0) return read(after, limit)
  const changes = [...pending].filter(([key]) => order(key, after) > 0).sort(([a], [b]) => order(a, b))
  const merged: V[] = []
  let next = 0
  for (let from = after; merged.length < limit; ) {
    const page = await read(from, limit)
    const isLast = page.length < limit
    for (const row of page) {
      const key = keyOf(row)
      for (; next < changes.length && order(changes[next]![0], key) < 0; next++) push(changes[next]![1])
      if (changes[next]?.[0] === key) push(changes[next++]![1])
      else merged.push(row)
    }
    if (isLast) {
      for (; next < changes.length; next++) push(changes[next]![1])
      break
    }
    from = keyOf(page.at(-1)!)
  }
  return merged.slice(0, limit)

  function push(row: V | undefined): void {
    if (row !== undefined) merged.push(row)
  }
}
