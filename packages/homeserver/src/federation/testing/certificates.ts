/**
 * Certificates of a made-up authority, for servers on loopback. Written out in DER (RFC 5280), as far as TLS looks at them: all keys
 * are Ed25519 from fixed seeds, so every run has the same certificates.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'

export interface Certificate {
  /** Both PEM. */
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  /** The last year that it is valid in; from 2020 on. */
  readonly until?: number
}

/** Ed25519, in SubjectPublicKeyInfo and signatures alike. */
const ed25519 = sequence(objectIdentifier('2b6570'))
const commonName = objectIdentifier('550403')
const basicConstraints = objectIdentifier('551d13')
const subjectAlternativeName = objectIdentifier('551d11')
/** DER of a PKCS #8 private key up to its 32 bytes. RFC 8410. */
const privateKeyHeader = Buffer.from('302e020100300506032b657004220420', 'hex')
const lastYear = 2049

export class Authority {
  readonly #name: string
  readonly #key: KeyObject
  /** PEM. */
  readonly certificate: string
  #issued = 1

  /** @param name also decides its key */
  constructor(name: string) {
    this.#name = name
    this.#key = keyOf(name)
    const isAuthority = extension(basicConstraints, sequence(boolean(true)), true)
    this.certificate = this.#certificate(name, this.#key, isAuthority, lastYear)
  }

  /** A certificate for DNS names and addresses. */
  issue(names: readonly string[], { until = lastYear }: CertificateOptions = {}): Certificate {
    const key = keyOf(`${this.#name}: ${names.join()}`)
    const cert = this.#certificate(
      names[0] ?? '',
      key,
      extension(subjectAlternativeName, sequence(...names.map(nameOf))),
      until,
    )
    return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }

  #certificate(subject: string, key: KeyObject, extensions: Buffer, until: number): string {
    const toBeSigned = sequence(
      tagged(0xa0, integer(2)),
      integer(this.#issued++),
      ed25519,
      distinguishedName(this.#name),
      sequence(utcTime(2020), utcTime(until)),
      distinguishedName(subject),
      createPublicKey(key).export({ type: 'spki', format: 'der' }),
      tagged(0xa3, sequence(extensions)),
    )
    const der = sequence(toBeSigned, ed25519, bitString(sign(null, toBeSigned, this.#key)))
    const lines = der.toString('base64').match(/.{1,64}/g) ?? []
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
  }
}

/** A key whose seed is the name, cut or filled up to 32 bytes. */
function keyOf(name: string): KeyObject {
  const seed = Buffer.alloc(32)
  for (const [at, byte] of Buffer.from(name).entries()) seed[at % 32] = (seed[at % 32]! * 31 + byte) & 255
  return createPrivateKey({ key: Buffer.concat([privateKeyHeader, seed]), format: 'der', type: 'pkcs8' })
}

function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const length = content.length
  const lengthBytes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content])
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return tagged(0x30, ...contents)
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]))
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]))
}

function bitString(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), bytes)
}

function objectIdentifier(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'))
}

/** The first moment of a year, 1950 to 2049. */
function utcTime(year: number): Buffer {
  return tagged(0x17, Buffer.from(`${String(year % 100).padStart(2, '0')}0101000000Z`))
}

function distinguishedName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(commonName, tagged(0x0c, Buffer.from(name)))))
}

function extension(id: Buffer, value: Buffer, isCritical = false): Buffer {
  return sequence(id, ...(isCritical ? [boolean(true)] : []), tagged(0x04, value))
}

/** A DNS name or an address, as an alternative name has it. */
function nameOf(name: string): Buffer {
  if (isIP(name) === 0) return tagged(0x82, Buffer.from(name))
  if (isIPv4(name)) return tagged(0x87, Buffer.from(name.split('.').map(Number)))
  const [head = '', tail = ''] = name.split('::')
  const groups = (text: string) => text.split(':').filter(group => group !== '')
  const zeros = new Array<string>(8 - groups(head).length - groups(tail).length).fill('0')
  const hex = [...groups(head), ...zeros, ...groups(tail)].map(group => group.padStart(4, '0')).join('')
  return tagged(0x87, Buffer.from(hex, 'hex'))
}
