/**
 * IPv6 addresses as text, as they stand between the brackets of a server name.
 * Appendices, "Server Name", which points to RFC 3513, section 2.2.
 */

const groupsOfAddress = 8
/** A dotted IPv4 address at the end stands for the last two groups. */
const groupsInIpv4 = 2
/** Eight groups of four digits, or six of them and an IPv4 address: `IPv6address = 2*45IPv6char`. */
const maxCharacters = 45
const groupPattern = /^[0-9A-Fa-f]{1,4}$/
const ipv4Pattern =
  /^(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[0-9]{1,2})(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[0-9]{1,2})){3}$/

/**
 * Whether `text` is an IPv6 address: eight groups, fewer where one `::` stands for groups of zeros, the last two
 * possibly in dotted form. Zones (`%eth0`) are refused.
 */
export function isIpv6Address(text: string): boolean {
  if (text.length > maxCharacters) return false
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return false
  if (tail === undefined) return countGroups(head, true) === groupsOfAddress

  const before = countGroups(head, false)
  const after = countGroups(tail, true)
  return before !== undefined && after !== undefined && before + after < groupsOfAddress
}

/** How many groups `text` has, or `undefined` when one is malformed. The last may be IPv4 where `mayEndInIpv4`. */
function countGroups(text: string, mayEndInIpv4: boolean): number | undefined {
  if (text === '') return 0
  const groups = text.split(':')
  const last = groups.at(-1) ?? ''
  const endsInIpv4 = mayEndInIpv4 && ipv4Pattern.test(last)
  if (endsInIpv4) groups.pop()
  if (!groups.every(group => groupPattern.test(group))) return undefined
  return groups.length + (endsInIpv4 ? groupsInIpv4 : 0)
}
