/**
 * The users of the application services themselves: each has an account from the start, that nobody can log in to. Application service
 * API, "Registration", `sender_localpart`.
 */
import type { ClientContext } from '../context.ts'

export async function openSenders({ applicationServices, tables, database, runtime }: ClientContext): Promise<void> {
  for (const { sender } of applicationServices.all)
    await database.write(tables.accounts.create(sender, null, false, runtime.clock.now()))
}
