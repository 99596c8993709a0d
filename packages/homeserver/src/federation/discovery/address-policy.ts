/**
 * Which addresses this server connects to on another server's word. Asked for every address right before it is dialled: a name that
 * resolves to something else the second time gains nothing by it.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { embeddedIpv4, neverServers, specialNetworks } from './special-addresses.ts'

export interface AddressRules {
  /** Loopback, private and other special networks too: for servers in one's own network, and for tests. */
  readonly allowPrivate: boolean
  /** Networks that are refused in any case, as `10.0.0.0/8`, `2001:db8::/32` or a single address. */
  readonly denied: readonly string[]
}

export class AddressPolicy {
  readonly #denied = new BlockList()

  /** @throws {RangeError} where a denied network is none */
  constructor({ allowPrivate, denied }: AddressRules) {
    for (const network of [...(allowPrivate ? [] : specialNetworks), ...neverServers, ...denied])
      addNetwork(this.#denied, network)
  }

  /** @param address IPv4 or IPv6 as text, without brackets; anything else is refused */
  allows(address: string): boolean {
    if (isIPv4(address)) return !this.#denied.check(address, 'ipv4')
    // An address with a zone (fe80::1%eth0) belongs to one of our own networks.
    if (!isIPv6(address) || address.includes('%')) return false
    const within = embeddedIpv4(address)
    if (within !== undefined && this.#denied.check(within, 'ipv4')) return false
    return !this.#denied.check(address, 'ipv6')
  }
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', prefix] = network.split('/')
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined
  if (family === undefined) throw new RangeError(`${network} is no network of IP addresses`)
  const longest = family === 'ipv4' ? 32 : 128
  const bits = prefix === undefined ? longest : Number(prefix)
  if (!/^[0-9]{1,3}$/.test(prefix ?? '0') || bits > longest)
    throw new RangeError(`${network} has no prefix length between 0 and ${longest}`)
  list.addSubnet(address, bits, family)
}
