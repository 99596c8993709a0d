/**
 * Opaque secrets that clients are given. Only their SHA-256 is stored: they are random and long, so that no slow hash is needed.
 */
import { hash } from 'node:crypto'
import type { Randomness } from '@neurite/roomserver/runtime'

/** 256 bits: nobody guesses one. */
const tokenBytes = 32

/** What a token is for stands at its front, so that one that has leaked is recognised as what it is. */
export type TokenKind = 'access' | 'refresh' | 'openid'

const prefixes: Readonly<Record<TokenKind, string>> = { access: 'nra_', refresh: 'nrr_', openid: 'nro_' }

export function newToken(kind: TokenKind, randomness: Randomness): string {
  return prefixes[kind] + Buffer.from(randomness.bytes(tokenBytes)).toString('base64url')
}

/** What is stored in place of a token. */
export function tokenHash(token: string): Uint8Array {
  return hash('sha256', token, 'buffer')
}

const upperLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lowerLettersAndDigits = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** Device IDs are shown to people: ten letters tell a user's devices apart. */
const deviceIdLength = 10
const localpartLength = 12

export function newDeviceId(randomness: Randomness): string {
  return draw(upperLetters, deviceIdLength, randomness)
}

/** For those who register without a name. */
export function newLocalpart(randomness: Randomness): string {
  return draw(lowerLettersAndDigits, localpartLength, randomness)
}

/** An identifier in URIs, of so many characters out of `A-Za-z0-9_-`. */
export function newOpaqueId(length: number, randomness: Randomness): string {
  return Buffer.from(randomness.bytes(Math.ceil((length * 3) / 4)))
    .toString('base64url')
    .slice(0, length)
}

function draw(letters: string, length: number, randomness: Randomness): string {
  return Array.from({ length }, () => letters[randomness.nextInt(letters.length)]).join('')
}
