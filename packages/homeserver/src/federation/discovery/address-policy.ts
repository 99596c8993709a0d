/**
 * Which addresses this server connects to on another server's word. Asked for every address right before it is dialled: a name that
 * resolves to something else the second time gains nothing by it.
 */
import { type BlockList, isIPv4, isIPv6 } from 'node:net'
import { networkList } from '../../config/networks.ts'
import { embeddedIpv4, neverServers, specialNetworks } from './special-addresses.ts'

export interface AddressRules {
  /** Loopback, private and other special networks too: for servers in one's own network, and for tests. */
  readonly allowPrivate: boolean
  /** Networks that are refused in any case, as `10.0.0.0/8`, `2001:db8::/32` or a single address. */
  readonly denied: readonly string[]
}

export class AddressPolicy {
  readonly #denied: BlockList

  /** @throws {RangeError} where a denied network is none */
  constructor({ allowPrivate, denied }: AddressRules) {
    this.#denied = networkList([...(allowPrivate ? [] : specialNetworks), ...neverServers, ...denied])
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
