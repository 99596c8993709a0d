/**
 * A network whose names and addresses are made up: addresses lead to servers on loopback, or nowhere. Everything that is looked up and
 * dialled is written down.
 */
import { connect } from 'node:net'
import { Duplex } from 'node:stream'
import {
  type Connection,
  NameLookupFailed,
  type Network,
  type Resolver,
  type SrvRecord,
} from '../../runtime/network.ts'

/** What comes of dialling an address: a port on loopback, a refusal, or silence. */
export type Behind = number | 'refused' | 'silent'

export class MadeUpNetwork implements Network {
  /** Addresses by host. `failed`: nobody can tell. A list of lists: another answer each time, the last one from then on. */
  readonly hosts = new Map<string, readonly string[] | readonly (readonly string[])[] | 'failed'>()
  readonly services = new Map<string, readonly SrvRecord[] | 'failed'>()
  /** By address and port, as `93.184.216.34 8448`; all others refuse. */
  readonly behind = new Map<string, Behind>()
  readonly lookedUp: string[] = []
  readonly dialled: string[] = []

  readonly resolver: Resolver = {
    srv: async name => {
      this.lookedUp.push(name)
      const records = this.services.get(name) ?? []
      if (records === 'failed') throw new NameLookupFailed(name)
      return records
    },
    addresses: async host => {
      this.lookedUp.push(host)
      const found = this.hosts.get(host) ?? []
      if (found === 'failed') throw new NameLookupFailed(host)
      const [first, ...later] = found
      if (!Array.isArray(first)) return found as readonly string[]
      if (later.length > 0) this.hosts.set(host, later as string[][])
      return first
    },
  }

  dial(address: string, port: number): Connection {
    const name = `${address} ${port}`
    this.dialled.push(name)
    const behind = this.behind.get(name) ?? 'refused'
    if (typeof behind === 'number') return connect({ host: '127.0.0.1', port: behind })
    const nothing = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
    if (behind === 'refused')
      nothing.destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
    return nothing
  }
}
