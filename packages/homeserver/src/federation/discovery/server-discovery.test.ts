import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerName } from '@neurite/protocol'
import { SeededRandomness } from '@neurite/roomserver/runtime'
import type { SrvRecord } from '../../runtime/network.ts'
import { MadeUpNetwork } from '../testing/index.ts'
import { ServerDiscovery } from './server-discovery.ts'

const record = (target: string, port: number, priority = 0, weight = 0): SrvRecord => ({
  target,
  port,
  priority,
  weight,
})

/** Finds a server where `.well-known` files say what `delegates` says. */
async function find(name: string, { delegates = {} as Record<string, string>, network = new MadeUpNetwork() } = {}) {
  const delegations = { delegateOf: (host: string) => Promise.resolve(delegates[host]) }
  const discovery = new ServerDiscovery({
    resolver: network.resolver,
    delegations,
    randomness: new SeededRandomness(1),
  })
  return discovery.find(name as ServerName)
}

/** What is looked at: `host header | certificate | host port, …`. */
async function routeOf(...args: Parameters<typeof find>): Promise<string> {
  const { route } = await find(...args)
  const targets = route.targets.map(({ host, port }) => `${host} ${port}`)
  return [route.hostHeader, route.certificateFor, targets.join(', ')].join(' | ')
}

test('1: an address is used as it is, with port 8448 where none is given', async () => {
  assert.equal(await routeOf('1.2.3.4'), '1.2.3.4 | 1.2.3.4 | 1.2.3.4 8448')
  assert.equal(await routeOf('1.2.3.4:5'), '1.2.3.4:5 | 1.2.3.4 | 1.2.3.4 5')
  assert.equal(await routeOf('[2001:db8::1]'), '[2001:db8::1] | 2001:db8::1 | 2001:db8::1 8448')
  assert.equal(await routeOf('[2001:db8::1]:5'), '[2001:db8::1]:5 | 2001:db8::1 | 2001:db8::1 5')
})

test('2: a name with a port is used as it is, whatever .well-known and SRV records say', async () => {
  const network = new MadeUpNetwork()
  network.services.set('_matrix-fed._tcp.example.org', [record('other.example.org', 1)])
  const delegates = { 'example.org': 'other.example.org' }
  assert.equal(
    await routeOf('example.org:443', { network, delegates }),
    'example.org:443 | example.org | example.org 443',
  )
  assert.deepEqual(network.lookedUp, [])
})

test('3.1: a delegate that is an address', async () => {
  const of = (delegate: string) => routeOf('example.org', { delegates: { 'example.org': delegate } })
  assert.equal(await of('1.2.3.4'), '1.2.3.4 | 1.2.3.4 | 1.2.3.4 8448')
  assert.equal(await of('[::2]:5'), '[::2]:5 | ::2 | ::2 5')
})

test('3.2: a delegate with a port', async () => {
  const delegates = { 'example.org': 'matrix.example.org:443' }
  assert.equal(
    await routeOf('example.org', { delegates }),
    'matrix.example.org:443 | matrix.example.org | matrix.example.org 443',
  )
})

test('3.3: a delegate without a port is looked up; the certificate is for the delegate, not for the target', async () => {
  const network = new MadeUpNetwork()
  network.services.set('_matrix-fed._tcp.matrix.example.org', [record('target.example.net', 7)])
  network.services.set('_matrix._tcp.matrix.example.org', [record('old.example.net', 8)])
  const delegates = { 'example.org': 'matrix.example.org' }
  assert.equal(
    await routeOf('example.org', { network, delegates }),
    'matrix.example.org | matrix.example.org | target.example.net 7',
  )
  assert.deepEqual(network.lookedUp, ['_matrix-fed._tcp.matrix.example.org'])
})

test('3.4 and 3.5: else by the deprecated service, else at port 8448', async () => {
  const network = new MadeUpNetwork()
  network.services.set('_matrix._tcp.matrix.example.org', [record('old.example.net', 8)])
  const delegates = { 'example.org': 'matrix.example.org' }
  const found = await routeOf('example.org', { network, delegates })
  assert.equal(found, 'matrix.example.org | matrix.example.org | old.example.net 8')
  network.services.clear()
  const fallback = await routeOf('example.org', { network, delegates })
  assert.equal(fallback, 'matrix.example.org | matrix.example.org | matrix.example.org 8448')
})

test('the .well-known of a delegate is not looked at: delegations make no chains and no circles', async () => {
  const delegates = { 'example.org': 'example.com', 'example.com': 'example.org' }
  assert.equal(await routeOf('example.org', { delegates }), 'example.com | example.com | example.com 8448')
})

test('4 to 6: without .well-known the name itself is looked up in the same order', async () => {
  const network = new MadeUpNetwork()
  network.services.set('_matrix-fed._tcp.example.org', [record('target.example.net', 7)])
  network.services.set('_matrix._tcp.example.org', [record('old.example.net', 8)])
  assert.equal(await routeOf('example.org', { network }), 'example.org | example.org | target.example.net 7')
  network.services.delete('_matrix-fed._tcp.example.org')
  assert.equal(await routeOf('example.org', { network }), 'example.org | example.org | old.example.net 8')
  network.services.clear()
  assert.equal(await routeOf('example.org', { network }), 'example.org | example.org | example.org 8448')
})

test('records that cannot be looked up are taken for none, for a shorter time', async () => {
  const network = new MadeUpNetwork()
  network.services.set('_matrix-fed._tcp.example.org', 'failed')
  const { route, lifetime } = await find('example.org', { network })
  assert.deepEqual(route.targets, [{ host: 'example.org', port: 8448 }])
  assert.ok(lifetime < (await find('example.org')).lifetime)
})

test('targets go by priority, and among equals by weight', async () => {
  const network = new MadeUpNetwork()
  network.services.set('_matrix-fed._tcp.example.org', [
    record('last.example.org', 1, 20),
    record('heavy.example.org', 2, 10, 99),
    record('light.example.org', 3, 10, 1),
  ])
  const firsts = new Map<string, number>()
  const delegations = { delegateOf: () => Promise.resolve(undefined) }
  const parts = { resolver: network.resolver, delegations, randomness: new SeededRandomness(7) }
  for (let draw = 0; draw < 200; draw++) {
    const { route } = await new ServerDiscovery(parts).find('example.org' as ServerName)
    const hosts = route.targets.map(({ host }) => host)
    assert.equal(hosts.length, 3)
    assert.equal(hosts[2], 'last.example.org')
    firsts.set(hosts[0]!, (firsts.get(hosts[0]!) ?? 0) + 1)
  }
  const light = firsts.get('light.example.org') ?? 0
  assert.ok(light >= 1 && light <= 20, `the light one came first ${light} times of 200`)
})

test('a service that is said not to be there, or whose targets are no hosts, leads nowhere', async () => {
  const records = [[record('.', 0)], [record('', 1)], [record('127.0.0.1', 8448)], [record('0x7f.1', 8448)]]
  for (const service of records) {
    const network = new MadeUpNetwork()
    network.services.set('_matrix-fed._tcp.example.org', service)
    await assert.rejects(find('example.org', { network }), { name: 'RemoteServerError', kind: 'unreachable' })
  }
})

test('names that are no hosts, and ports that there are not, lead nowhere', async () => {
  const names = [
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '300.1.1.1',
    '1.2.3.4.',
    'example.0x7f',
    '-example.org',
    'example..org',
    '.example.org',
    `${'a'.repeat(64)}.org`,
    'example.org:0',
    'example.org:65536',
    'example.org:99999',
    '1.2.3.4:99999',
    '[::1]:70000',
    '[::ffff:300.0.0.1]',
    'example.org:1:2',
    'exämple.org',
    'example.org/path',
    '',
  ]
  for (const name of names) await assert.rejects(find(name), { name: 'RemoteServerError', kind: 'unreachable' }, name)
  for (const delegate of ['127.1', 'example.org:99999'])
    await assert.rejects(find('example.org', { delegates: { 'example.org': delegate } }), /leads nowhere/)
})

test('a final dot stays in the Host header and is not in what TLS and .well-known are asked for', async () => {
  assert.equal(await routeOf('example.org.'), 'example.org. | example.org | example.org. 8448')
  const delegates = { 'example.org': 'matrix.example.org:1' }
  assert.equal(
    await routeOf('example.org.', { delegates }),
    'matrix.example.org:1 | matrix.example.org | matrix.example.org 1',
  )
})
