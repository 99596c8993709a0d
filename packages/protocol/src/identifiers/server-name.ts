/**
 * Server names: a DNS name, an IPv4 or a bracketed IPv6 literal, with an optional port.
 * Appendices, "Server Name".
 */
import type { Branded } from './branded.ts'
import { isIpv6Address } from './ip-address.ts'

/** For example `matrix.org`, `matrix.org:8448`, `1.2.3.4:8448` or `[2001:db8::1]:8448`. Compared case-sensitively. */
export type ServerName = Branded<'ServerName'>

const maxDnsNameCharacters = 255
const maxPortDigits = 5
/** Four groups of digits. Their range is not looked at, see `isServerName`. */
const ipv4Shape = /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/

const colon = 0x3a
const openingBracket = 0x5b

/** 1 for the codes of the characters that a DNS name may have: letters, digits, hyphen, full stop. */
const dnsCharacters = new Uint8Array(128)
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.')
  dnsCharacters[character.charCodeAt(0)] = 1

/**
 * Whether `value` is a server name by the grammar.
 *
 * `300.1.1.1` is one: the grammar admits it as a DNS name, and other servers take it, so a server that refused it
 * would stand alone in its verdict on an event. The same goes for ports above 65535.
 */
export function isServerName(value: unknown): value is ServerName {
  return typeof value === 'string' && isServerNameFrom(value, 0)
}

/** `value` as a server name, or `undefined`. */
export function parseServerName(value: unknown): ServerName | undefined {
  return isServerName(value) ? value : undefined
}

/** Whether the rest of `text`, from `start` on, is a server name. For identifiers that end in one: nothing is cut out. */
export function isServerNameFrom(text: string, start: number): boolean {
  const hostEnd = text.charCodeAt(start) === openingBracket ? ipv6End(text, start) : dnsNameEnd(text, start)
  return hostEnd !== undefined && isPortOrEnd(text, hostEnd)
}

/**
 * The server name without its port; an IPv6 literal keeps its brackets.
 *
 * @example hostOf('[::1]:8448' as ServerName) // '[::1]'
 */
export function hostOf(serverName: ServerName): string {
  const portColon = serverName.indexOf(':', serverName.startsWith('[') ? serverName.indexOf(']') : 0)
  return portColon < 0 ? serverName : serverName.slice(0, portColon)
}

/** Whether the server is named by its address, IPv4 or IPv6, rather than by a DNS name. */
export function isIpLiteral(serverName: ServerName): boolean {
  return serverName.startsWith('[') || ipv4Shape.test(hostOf(serverName))
}

/** Where the DNS name (or IPv4 literal: the same characters) that begins at `start` ends. */
function dnsNameEnd(text: string, start: number): number | undefined {
  let end = start
  while (end < text.length && dnsCharacters[text.charCodeAt(end)] === 1) end++
  const length = end - start
  return length >= 1 && length <= maxDnsNameCharacters ? end : undefined
}

/** Where the bracketed IPv6 literal that begins at `start` ends, after its bracket. */
function ipv6End(text: string, start: number): number | undefined {
  const closing = text.indexOf(']', start)
  if (closing < 0) return undefined
  return isIpv6Address(text.slice(start + 1, closing)) ? closing + 1 : undefined
}

/** Whether nothing follows at `start`, or a colon and one to five digits and then nothing. */
function isPortOrEnd(text: string, start: number): boolean {
  if (start === text.length) return true
  if (text.charCodeAt(start) !== colon) return false
  const digits = text.length - start - 1
  if (digits < 1 || digits > maxPortDigits) return false
  for (let i = start + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x30 || unit > 0x39) return false
  }
  return true
}
