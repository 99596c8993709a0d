/**
 * Addresses that no server on the public network has: IANA's special-purpose registries (RFC 6890) for IPv4 and IPv6. A name or a
 * `.well-known` of someone else that leads there is meant for what lies behind our own firewall.
 */

/** Loopback, private and link-local networks, and those reserved for examples, tests and protocols. */
export const specialNetworks: readonly string[] = [
  '0.0.0.0/8', // this network; Linux takes it for loopback
  '10.0.0.0/8',
  '100.64.0.0/10', // behind a carrier's translation
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local: where clouds keep their metadata
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '64:ff9b:1::/48', // local translation: what IPv4 it stands for is anyone's guess
  '100::/64',
  '2001::/23', // protocols, Teredo among them
  '2001:db8::/32',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
]

/** Never a server, whatever is allowed: multicast and broadcast. */
export const neverServers: readonly string[] = ['224.0.0.0/4', '255.255.255.255/32', 'ff00::/8']

const groupCount = 8

/** The eight groups of an IPv6 address that is one. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const before = groupsIn(head)
  const after = groupsIn(tail ?? '')
  return [...before, ...new Array<number>(groupCount - before.length - after.length).fill(0), ...after]
}

function groupsIn(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap(group => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/**
 * The IPv4 address that packets to an IPv6 address end up at, where there is one: IPv4-mapped (`::ffff:0:0/96`) and -compatible
 * (`::/96`), translated (`64:ff9b::/96`) and 6to4 (`2002::/16`).
 * @param address IPv6, well-formed
 */
export function embeddedIpv4(address: string): string | undefined {
  const groups = groupsOf(address)
  const [g0 = 0, g1 = 0, g2 = 0, g3 = 0, g4 = 0, g5 = 0, g6 = 0, g7 = 0] = groups
  if (g0 === 0x2002) return dotted(g1, g2)
  const isTranslated = g0 === 0x64 && g1 === 0xff9b && g2 === 0 && g3 === 0 && g4 === 0 && g5 === 0
  const isMapped = g0 === 0 && g1 === 0 && g2 === 0 && g3 === 0 && g4 === 0 && (g5 === 0 || g5 === 0xffff)
  // Linux also knows the older form of translated addresses, ::ffff:0:0:0/96.
  const isOldTranslated = g0 === 0 && g1 === 0 && g2 === 0 && g3 === 0 && g4 === 0xffff && g5 === 0
  return isTranslated || isMapped || isOldTranslated ? dotted(g6, g7) : undefined
}
