/**
 * @neurite/protocol: the rules of Matrix rooms, with no I/O. Each folder is one part of the specification and can be
 * imported by itself (`@neurite/protocol/auth`).
 */
export * from './acl/index.ts'
export * from './auth/index.ts'
export * from './canonical-json/index.ts'
export * from './crypto/index.ts'
export * from './event/index.ts'
export * from './identifiers/index.ts'
export * from './room-version/index.ts'
export * from './spaces/index.ts'
export * from './state-resolution/index.ts'
