/**
 * Networks as the configuration writes them: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** @throws {RangeError} where one is no network */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) addNetwork(list, network)
  return list
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
