/** Which servers a room's ACL lets in. */
export { ServerAcls } from './server-acls.ts'
