/**
 * Cryptography that verifies on the calling thread: in virtual time nothing may depend on which real thread is done first.
 */
import { type Crypto, nodeCrypto } from '@neurite/protocol'

export const inlineCrypto: Crypto = {
  ...nodeCrypto,
  verifyAsync: async (publicKey, message, signature) => nodeCrypto.verify(publicKey, message, signature),
}
