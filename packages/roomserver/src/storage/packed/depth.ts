/**
 * Depths as columns hold them. Old room versions allow whole numbers of any size: what is no safe integer is kept as text.
 */
export type StoredDepth = number | string

const big = 'n'

export function toStoredDepth(depth: number | bigint): StoredDepth {
  if (typeof depth === 'bigint') return `${big}${depth}`
  return Number.isSafeInteger(depth) && !Object.is(depth, -0) ? depth : `f${depth}`
}

export function toDepth(stored: StoredDepth): number | bigint {
  if (typeof stored === 'number') return stored
  return stored.startsWith(big) ? BigInt(stored.slice(1)) : Number(stored.slice(1))
}
