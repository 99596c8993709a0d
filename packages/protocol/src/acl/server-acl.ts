/**
 * Which servers may take part in a room. Asked of the room's current state about the server that sends, never of an event.
 * m.room.server_acl, rules 1 to 5; server-server API, "Server Access Control Lists (ACLs)".
 */
import type { JsonObject } from '../canonical-json/index.ts'
import { hostOf, isIpLiteral, type ServerName } from '../identifiers/index.ts'
import { HostPatterns } from './host-patterns.ts'

/** Whether a server is let in, and which rule said so. */
export type AclVerdict =
  | { readonly allowed: true; readonly reason: 'no-acl' | 'in-allow-list' }
  | { readonly allowed: false; readonly reason: 'ip-literal' | 'in-deny-list' | 'not-in-allow-list' }

/** The access rules of a room, ready to be asked. */
export interface ServerAcl {
  /** The verdict on a server by its name; its port does not matter, nor does case. */
  allows(server: ServerName): AclVerdict
}

/**
 * Prepares the rules of an `m.room.server_acl` event.
 *
 * Malformed parts count as absent, which is not the same as harmless: without `allow`, nobody is let in.
 *
 * @param content the event's content, undefined when the room has no such event
 * @example compileServerAcl({ allow: ['*'], deny: ['evil.com'] }).allows('evil.com:8448' as ServerName).allowed // false
 */
export function compileServerAcl(content: JsonObject | undefined): ServerAcl {
  // 1. If there is no m.room.server_acl event in the room state, allow.
  if (content === undefined) return everyone

  const { allow, deny, allow_ip_literals } = content
  const allowed = new HostPatterns(allow)
  const denied = new HostPatterns(deny)
  return {
    allows(server) {
      // 2. If the server name is an IP address literal, and allow_ip_literals is present and false, deny.
      if (allow_ip_literals === false && isIpLiteral(server)) return { allowed: false, reason: 'ip-literal' }

      // 3. If the server name matches an entry in the deny list, deny.
      const host = hostOf(server)
      if (denied.match(host)) return { allowed: false, reason: 'in-deny-list' }

      // 4. If the server name matches an entry in the allow list, allow.
      if (allowed.match(host)) return { allowed: true, reason: 'in-allow-list' }

      // 5. Otherwise, deny.
      return { allowed: false, reason: 'not-in-allow-list' }
    },
  }
}

const everyone: ServerAcl = { allows: () => ({ allowed: true, reason: 'no-acl' }) }
