/**
 * The real network. Addresses are looked up by Node's own resolver, which waits on sockets: the system's (`getaddrinfo`) blocks one
 * of four threads for seconds for a name whose servers are down, and the same threads check signatures. The system's is asked only
 * for names that the DNS does not have: those of a hosts file or a search domain.
 */
import { lookup, Resolver as NodeResolver } from 'node:dns/promises'
import { connect } from 'node:net'
import { NameLookupFailed, type Network, type Resolver, type SrvRecord } from './network.ts'

/** One question to one server of the DNS, and how often. Milliseconds: about 6 seconds in all. */
const questionTimeout = 2_000
const tries = 2
/** Threads that the system's resolver may hold at once. */
const maxSystemLookups = 2

/** The DNS says that there is no such name, or no such record. */
const noneCodes = new Set(['ENOTFOUND', 'ENODATA', 'ENONAME'])

class DnsResolver implements Resolver {
  readonly #dns = new NodeResolver({ timeout: questionTimeout, tries })
  #systemLookups: Promise<unknown>[] = Array.from({ length: maxSystemLookups }, () => Promise.resolve())

  async srv(name: string): Promise<readonly SrvRecord[]> {
    const records = await noneIfAbsent(this.#dns.resolveSrv(name), name)
    return records.map(({ name: target, port, priority, weight }) => ({ target, port, priority, weight }))
  }

  async addresses(host: string): Promise<readonly string[]> {
    const answers = await Promise.allSettled([
      noneIfAbsent(this.#dns.resolve6(host), host),
      noneIfAbsent(this.#dns.resolve4(host), host),
    ])
    const found = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length > 0) return found
    const failed = answers.find(answer => answer.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    return this.#bySystem(host)
  }

  /** Takes its turn on one of the few threads that it may hold. */
  #bySystem(host: string): Promise<string[]> {
    const [before = Promise.resolve(), ...others] = this.#systemLookups
    const answer = before.then(() => noneIfAbsent(lookup(host, { all: true }), host))
    const over = answer.then(
      () => undefined,
      () => undefined,
    )
    this.#systemLookups = [...others, over]
    return answer.then(found => found.map(({ address }) => address))
  }
}

async function noneIfAbsent<T>(answer: Promise<T[]>, name: string): Promise<T[]> {
  try {
    return await answer
  } catch (cause) {
    if (noneCodes.has((cause as NodeJS.ErrnoException).code ?? '')) return []
    throw new NameLookupFailed(name, { cause })
  }
}

export const nodeNetwork: Network = {
  resolver: new DnsResolver(),
  dial: (address, port) => connect({ host: address, port }),
}
