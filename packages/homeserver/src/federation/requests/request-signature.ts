/**
 * Signatures of requests between servers, as functions of text: used for those that go out and those that come in. Server-server API,
 * "Request Authentication".
 */
import { type Crypto, canonicalJson, decodeBase64, encodeBase64, type Signer, type VerifyKey } from '@neurite/protocol'
import { writeXMatrix } from './authorization-header.ts'

/** What is signed of a request. */
export interface RequestParts {
  readonly method: string
  /** From the first slash on, with the query, as it stands in the request. */
  readonly uri: string
  readonly origin: string
  /** Undefined: an older server that does not name it. */
  readonly destination: string | undefined
  /** The body as canonical JSON; undefined where there is none. */
  readonly content: string | undefined
}

/** The text that the signature covers: canonical JSON, keys in order, so that the body need not be read again. */
export function signedRequestText({ method, uri, origin, destination, content }: RequestParts): string {
  const members = [
    content === undefined ? undefined : `"content":${content}`,
    destination === undefined ? undefined : `"destination":${canonicalJson(destination)}`,
    `"method":${canonicalJson(method)}`,
    `"origin":${canonicalJson(origin)}`,
    `"uri":${canonicalJson(uri)}`,
  ]
  return `{${members.filter(member => member !== undefined).join(',')}}`
}

/** @returns the `Authorization` header of a request of ours */
export function authorizationOf(request: Omit<RequestParts, 'origin'>, signer: Signer, crypto: Crypto): string {
  const { server: origin, keyId: key, seed } = signer
  const signature = encodeBase64(crypto.sign(seed, signedRequestText({ ...request, origin })))
  return writeXMatrix({ origin, destination: request.destination, key, signature })
}

/** Whether a signature in base64 is the key's, under this request. */
export function isSignedBy(request: RequestParts, signature: string, key: VerifyKey, crypto: Crypto): boolean {
  const bytes = decodeBase64(signature, 'standard')
  return bytes !== undefined && crypto.verify(key.publicKey, signedRequestText(request), bytes)
}
