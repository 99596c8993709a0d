/**
 * The servers that the operator does not want to talk to: asked nothing, sent nothing, answered nothing. By the patterns of server ACLs.
 */
import { compileServerAcl, type ServerName } from '@neurite/protocol'
import type { Configuration } from '../config/index.ts'

export function refusedServers({
  allowed_servers: allow,
  denied_servers: deny,
}: Pick<Configuration['federation'], 'allowed_servers' | 'denied_servers'>): (server: ServerName) => boolean {
  const list = compileServerAcl({ allow, deny, allow_ip_literals: true })
  return server => !list.allows(server).allowed
}
