/**
 * A server name, or the name that it delegates to, as something to connect to. Server-server API, "Resolving server names";
 * appendices, "Server Name".
 */
import { isIPv4, isIPv6 } from 'node:net'
import { hostOf, isServerName } from '@neurite/protocol'

export interface Host {
  /** An IPv4 or IPv6 address without brackets, or a DNS name. */
  readonly host: string
  readonly isAddress: boolean
  /** Undefined where the name has none. */
  readonly port: number | undefined
}

const maxPort = 65_535
const maxNameLength = 253
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i
/** Some systems take names that end so for addresses in decimal, octal or hexadecimal: 127.1, 0x7f000001, 017700000001. */
const endsInNumber = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/i

/**
 * @returns undefined where there is nothing to connect to: no server name by the grammar, a port that there is not, or a host that is
 *   neither an address nor a name that the DNS can have
 */
export function hostOfServer(name: string): Host | undefined {
  if (!isServerName(name)) return undefined
  const bracketed = hostOf(name)
  const portText = name.slice(bracketed.length + 1)
  const port = portText === '' ? undefined : Number(portText)
  if (port !== undefined && (port < 1 || port > maxPort)) return undefined
  if (bracketed.startsWith('[')) {
    const host = bracketed.slice(1, -1)
    return isIPv6(host) ? { host, isAddress: true, port } : undefined
  }
  if (isIPv4(bracketed)) return { host: bracketed, isAddress: true, port }
  return isHostName(bracketed) ? { host: bracketed, isAddress: false, port } : undefined
}

/** Whether the DNS can have a host of this name: no address, in no way of writing one. May end in a dot. */
export function isHostName(name: string): boolean {
  const relative = withoutFinalDot(name)
  return (
    relative.length <= maxNameLength &&
    relative.split('.').every(part => label.test(part)) &&
    !endsInNumber.test(relative)
  )
}

/** `example.org.` as `example.org`: certificates and TLS know no final dot. */
export function withoutFinalDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}
