/**
 * Who sent a request: the check of its `Authorization` headers. Server-server API, "Request Authentication".
 */
import {
  algorithmOf,
  type Crypto,
  canonicalJson,
  isKeyId,
  isServerName,
  type JsonValue,
  type ServerName,
  signingAlgorithm,
  type VerifyKey,
} from '@neurite/protocol'
import { answersRequest, type KeyRing } from '@neurite/roomserver'
import type { Clock } from '@neurite/roomserver/runtime'
import { readXMatrix, type XMatrix } from './authorization-header.ts'
import { isSignedBy, type RequestParts } from './request-signature.ts'

/** A request as it came in. */
export interface IncomingRequest {
  readonly method: string
  /** From the first slash on, with the query: as it came, with nothing unescaped. */
  readonly uri: string
  /** All `Authorization` headers: one for each key that it is signed with. */
  readonly authorization: readonly string[]
  /** The body, read as lenient JSON; undefined where there is none. */
  readonly content: JsonValue | undefined
}

export interface VerifyParts {
  /** Our own name. */
  readonly serverName: ServerName
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly crypto: Crypto
}

/**
 * - `authentic`: the server signed it with a key that is valid now.
 * - `refused`: it did not. Answered with 401 and M_UNAUTHORIZED.
 * - `unknown`: its keys cannot be had right now. Answered like `refused`; it may try again.
 */
export type RequestVerdict =
  | { readonly kind: 'authentic'; readonly origin: ServerName }
  | { readonly kind: 'refused' | 'unknown'; readonly reason: string }

/** Signatures looked at: servers sign with one key, seldom two. */
const maxSignatures = 4

/** @throws the signal's reason */
export async function verifyRequest(
  request: IncomingRequest,
  parts: VerifyParts,
  signal?: AbortSignal,
): Promise<RequestVerdict> {
  const { serverName, keyRing, clock } = parts
  const headers = request.authorization.slice(0, maxSignatures).map(readXMatrix)
  const [first] = headers
  if (first === undefined || !headers.every(header => header !== undefined))
    return refused('it has no X-Matrix authorization, or a malformed one')
  const { origin } = first
  if (!isServerName(origin)) return refused('its origin is no server name')
  if (headers.some(header => header.origin !== origin)) return refused('it names several origins')
  if (origin === serverName) return refused('it claims to come from this server')
  if (headers.some(({ destination }) => destination !== undefined && destination !== serverName))
    return refused(`it is for another server than ${serverName}`)

  const at = clock.now()
  const usable = headers.filter(({ key }) => isKeyId(key) && algorithmOf(key) === signingAlgorithm)
  const answers = await keyRing.keysFor(
    usable.map(({ key: keyId }) => ({ server: origin, keyId, at })),
    signal,
  )
  const signatures = usable.flatMap(header => {
    const key = answers.keys(origin, header.key)
    // Old keys sign events only, never requests.
    return key !== undefined && answersRequest(key, at) ? [{ header, key }] : []
  })
  if (signatures.length > 0) return verdictOf(request, origin, signatures, parts.crypto)
  const mayTurnUp = usable.some(({ key }) => answers.mayTurnUp(origin, key))
  return mayTurnUp
    ? { kind: 'unknown', reason: `the keys of ${origin} cannot be had right now` }
    : refused(`it is signed by no valid key of ${origin}`)
}

/** All signatures by known keys must fit. */
function verdictOf(
  { method, uri, content }: IncomingRequest,
  origin: ServerName,
  signatures: readonly { readonly header: XMatrix; readonly key: VerifyKey }[],
  crypto: Crypto,
): RequestVerdict {
  const text = content === undefined ? undefined : canonicalJson(content)
  for (const { header, key } of signatures) {
    const { destination, signature } = header
    const signed: RequestParts = { method, uri, origin, destination, content: text }
    if (!isSignedBy(signed, signature, key, crypto)) return refused(`its signature by ${header.key} does not fit`)
  }
  return { kind: 'authentic', origin }
}

function refused(reason: string): RequestVerdict {
  return { kind: 'refused', reason }
}
