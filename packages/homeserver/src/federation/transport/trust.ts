/**
 * Whose certificates are believed: the authorities that come with Node, those of the operating system, and those that the operator
 * adds. Server-server API, "TLS".
 */
import { readFileSync } from 'node:fs'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'

export interface Trust {
  readonly context: SecureContext
  /** False: any certificate will do, and whoever can redirect our packets can pose as any server. */
  readonly verify: boolean
}

/**
 * @param files PEM files with certificates of authorities
 * @throws where a file cannot be read, or holds no certificates
 */
export function trust(files: readonly string[], verify: boolean): Trust {
  const added = files.map(file => certificatesIn(readFileSync(file, 'utf8'), file))
  return trustIn(added.flat(), verify)
}

/** @param added certificates of authorities, PEM, besides the usual ones */
export function trustIn(added: readonly string[], verify: boolean): Trust {
  const ca = new Set([...getCACertificates('default'), ...getCACertificates('system'), ...added])
  return { context: createSecureContext({ ca: [...ca], minVersion: 'TLSv1.2' }), verify }
}

function certificatesIn(text: string, file: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  if (found === null) throw new Error(`${file} holds no certificates: they begin with -----BEGIN CERTIFICATE-----`)
  return found
}
