/**
 * A new account: the part that every way of registering shares.
 */
import { localpartOf, type UserId } from '@neurite/protocol'
import type { ClientContext } from '../context.ts'
import { nameTaken } from './usernames.ts'

/**
 * Without a password nobody can log in to it by one. Its profile begins with its name, so that others see something readable.
 * @throws {ClientError} `M_USER_IN_USE` where somebody else was faster
 */
export async function createAccount(
  { tables, database, runtime, passwords }: ClientContext,
  userId: UserId,
  password: string | undefined,
  { isAdmin, displayName }: { readonly isAdmin: boolean; readonly displayName?: string | undefined },
): Promise<void> {
  const hash = password === undefined ? null : await passwords.hash(password)
  const [created] = await database.write(tables.accounts.create(userId, hash, isAdmin, runtime.clock.now()))
  if (created?.changes !== 1) throw nameTaken()
  await database.write(tables.profiles.set(userId, 'displayname', displayName ?? localpartOf(userId)))
}
