/** Keys: our own, and those of other servers. */
export { FederationKeyRing, type FederationKeyRingParts } from './federation-key-ring.ts'
export { KeyFetches, type KeyFetchesParts } from './key-fetches.ts'
export { KeySources, type KeySourcesParts } from './key-sources.ts'
export { type KeyStore, KnownKeys } from './known-keys.ts'
export { Notary, type NotaryParts, type NotaryQuery } from './notary.ts'
export { type OldKey, OwnKeys, type OwnKeysParts } from './own-keys.ts'
