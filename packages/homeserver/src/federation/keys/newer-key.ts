/** What counts when something is said of a key that is known already. */
import type { StoredKey } from '../../storage/server-keys.ts'
import type { PublishedKeys } from './published-keys.ts'

/**
 * The keys of an answer, as they are stored.
 * @param now milliseconds since 1970: when it was fetched
 */
export function storedKeys(
  { keys, validUntil }: PublishedKeys,
  isDirect: boolean,
  now: number,
): Map<string, StoredKey> {
  return new Map(
    [...keys].map(([keyId, { publicKey, expiredAt }]) => {
      // A key that is said to be out of use can have signed nothing in the future.
      const expired = expiredAt === undefined ? {} : { expiredAt: Math.min(expiredAt, now) }
      return [keyId, { publicKey, validUntil, fetchedAt: now, isDirect, ...expired }]
    }),
  )
}

/**
 * A server has the last word on its own keys. A notary tells what is not known, or has become newer since; it never puts another key
 * in the place of one that the server itself has shown.
 */
export function newerKey(before: StoredKey | undefined, after: StoredKey): StoredKey {
  if (before === undefined || after.isDirect) return after
  if (after.validUntil <= before.validUntil) return before
  if (!before.isDirect) return after
  const isSame = Buffer.compare(before.publicKey, after.publicKey) === 0
  return isSame ? { ...after, isDirect: true } : before
}
