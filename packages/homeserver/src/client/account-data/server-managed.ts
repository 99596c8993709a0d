/**
 * Types of account data that clients cannot set. Client-server API, "Client Config", "Server Behaviour".
 */
import { ClientError } from '../errors.ts'

const managed = new Set(['m.fully_read', 'm.push_rules'])

/** @throws {ClientError} 405 */
export function checkNotManaged(type: string): void {
  if (managed.has(type)) throw new ClientError('M_BAD_JSON', `${type} has an endpoint of its own`, { status: 405 })
}
