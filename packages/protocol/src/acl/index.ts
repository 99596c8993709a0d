/**
 * Server access control lists: which servers may take part in a room.
 * m.room.server_acl; server-server API, "Server Access Control Lists (ACLs)".
 */
export { compileGlob, type Glob, globMatches } from './glob.ts'
export { type AclVerdict, compileServerAcl, type ServerAcl } from './server-acl.ts'
