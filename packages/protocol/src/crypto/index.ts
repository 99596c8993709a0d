/** Cryptography: the interface that the rules take, and Node's implementation. */
export type { Crypto } from './crypto.ts'
export { nodeCrypto } from './node-crypto.ts'
