/**
 * What user IDs, room IDs and room aliases have in common: a sigil, a localpart, a colon, a server name.
 * Appendices, "Common Identifier Format".
 */
import { fitsInBytes, maxIdentifierBytes } from './length.ts'
import { isServerNameFrom } from './server-name.ts'

/** Whether `value` is `sigil` + localpart + `:` + server name, within 255 bytes. The localpart may be empty. */
export function hasLocalpartAndServerName(value: string, sigil: string): boolean {
  // The first colon ends the localpart, which cannot contain one; a server name may (port, IPv6).
  const colon = value.indexOf(':')
  return colon > 0 && isOpaqueIdentifier(value, sigil) && isServerNameFrom(value, colon + 1)
}

/** Whether `value` is `sigil` and then any Unicode code points except NUL, within 255 bytes. */
export function isOpaqueIdentifier(value: string, sigil: string): boolean {
  return (
    value.startsWith(sigil) && fitsInBytes(value, maxIdentifierBytes) && !value.includes('\0') && value.isWellFormed()
  )
}
