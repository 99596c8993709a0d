/**
 * One-time keys of local users are given out: each once, and a fallback key where there is none left. For clients here and for other
 * servers. Client-server API, "One-time and fallback keys".
 */
import type { UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'

/** A key to be claimed. */
export interface Claim {
  readonly userId: UserId
  readonly deviceId: string
  readonly algorithm: string
}

/** @returns by user, device and `<algorithm>:<key ID>`; what has no key at all is not named */
export async function claimLocalKeys(
  context: ClientContext,
  claims: readonly Claim[],
): Promise<Map<string, Record<string, Record<string, unknown>>>> {
  const found = await Promise.all(claims.map(claim => claimOne(context, claim)))
  const byUser = new Map<string, Map<string, Record<string, unknown>>>()
  for (const [at, { userId, deviceId }] of claims.entries()) {
    const key = found[at]
    if (key === undefined) continue
    const devices = byUser.get(userId) ?? new Map<string, Record<string, unknown>>()
    byUser.set(userId, devices.set(deviceId, key))
  }
  return new Map([...byUser].map(([userId, devices]) => [userId, Object.fromEntries(devices)]))
}

async function claimOne(
  { tables, database }: ClientContext,
  { userId, deviceId, algorithm }: Claim,
): Promise<Record<string, unknown> | undefined> {
  const { deviceKeys } = tables
  const claims = [deviceKeys.claimOneTimeKey, deviceKeys.claimFallbackKey]
  for (const claim of claims) {
    const [claimed] = await database.write(claim.call(deviceKeys, userId, deviceId, algorithm))
    const row = claimed?.rows[0]
    if (row !== undefined) return { [`${algorithm}:${row['key_id']}`]: JSON.parse(row['key'] as string) }
  }
  return undefined
}
