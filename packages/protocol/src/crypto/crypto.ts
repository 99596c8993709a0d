/**
 * The cryptography that the rules need, passed in so that the rules do no I/O and run anywhere.
 * Appendices, "Signing JSON"; server-server API, "Signing Events".
 */

/** Hashes and Ed25519 signatures over bytes. Text is hashed and signed as its UTF-8 bytes. */
export interface Crypto {
  sha256(data: string): Uint8Array
  /** Only state resolution 1 uses SHA-1: to order events by their IDs. */
  sha1(data: string): Uint8Array
  /** @returns whether `signature` (64 bytes) is the Ed25519 signature of `message` by `publicKey` (32 bytes). Never throws. */
  verify(publicKey: Uint8Array, message: string, signature: Uint8Array): boolean
  /** Like {@link verify}, off the calling thread where the platform can. */
  verifyAsync(publicKey: Uint8Array, message: string, signature: Uint8Array): Promise<boolean>
  /** @returns the 64 bytes of the Ed25519 signature of `message` by the key with this 32-byte `seed`. */
  sign(seed: Uint8Array, message: string): Uint8Array
  /** @returns the 32-byte public key that belongs to a 32-byte seed. */
  publicKeyOf(seed: Uint8Array): Uint8Array
}
