import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nodeRuntime, SimulatedRuntime } from '@neurite/roomserver/runtime'
import { AddressPolicy } from '../discovery/index.ts'
import { Authority, json, MadeUpNetwork, ScriptedServer } from '../testing/index.ts'
import { type ConnectFailed, Connector } from './connector.ts'
import { trustIn } from './trust.ts'

const authority = new Authority('made-up authority')
const trusted = trustIn([authority.certificate], true)
const publicAddress = '93.184.216.34'
const policy = new AddressPolicy({ allowPrivate: false, denied: ['93.184.216.99'] })

const servers: ScriptedServer[] = []
after(() => Promise.all(servers.map(server => server.close())))

async function serverFor(...names: string[]): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(authority.issue(names), json({}))
  servers.push(server)
  return server
}

function connectorOn(
  network: MadeUpNetwork,
  trust = trusted,
  runtime: Pick<typeof nodeRuntime, 'timers'> = nodeRuntime,
) {
  return new Connector({ network, policy, trust, timers: runtime.timers })
}

const routeTo = (host: string, certificateFor = host, port = 8448) => ({
  hostHeader: host,
  certificateFor,
  targets: [{ host, port }],
})

test('a name is looked up, dialled, and its certificate checked; the name goes along as SNI', async () => {
  const server = await serverFor('example.org')
  const network = new MadeUpNetwork()
  network.hosts.set('target.example.org', [publicAddress])
  network.behind.set(`${publicAddress} 8448`, server.port)
  const socket = await connectorOn(network).connect(routeTo('target.example.org', 'example.org'))
  assert.equal(socket.authorized, true)
  assert.equal(socket.servername, 'example.org')
  socket.destroy()
})

test('an address is connected to without SNI, and its certificate must name it', async () => {
  const server = await serverFor(publicAddress, '2606:2800::1')
  const network = new MadeUpNetwork()
  network.behind.set(`${publicAddress} 8448`, server.port).set('2606:2800::1 8448', server.port)
  for (const address of [publicAddress, '2606:2800::1']) {
    const socket = await connectorOn(network).connect(routeTo(address))
    assert.equal(socket.authorized, true)
    socket.destroy()
  }
  network.behind.set('93.184.216.35 8448', server.port)
  await assert.rejects(connectorOn(network).connect(routeTo('93.184.216.35')), /93\.184\.216\.35.*cert/)
})

test('a certificate for another name, by another authority or past its time is refused, unless none is asked for', async () => {
  const network = new MadeUpNetwork()
  network.hosts.set('example.org', [publicAddress])
  const stranger = new Authority('another authority')
  const cases = [
    { certificate: authority.issue(['example.com']), says: /does not match certificate/ },
    { certificate: stranger.issue(['example.org']), says: /unable to verify|self-signed/ },
    { certificate: authority.issue(['example.org'], { until: 2021 }), says: /expired/ },
  ]
  for (const { certificate, says } of cases) {
    const server = await ScriptedServer.start(certificate, json({}))
    servers.push(server)
    network.behind.set(`${publicAddress} 8448`, server.port)
    await assert.rejects(connectorOn(network).connect(routeTo('example.org')), says)
    const careless = await connectorOn(network, trustIn([], false)).connect(routeTo('example.org'))
    careless.destroy()
  }
})

test('addresses that the policy refuses are not dialled, in whatever clothes', async () => {
  const refused = ['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', 'fe80::1']
  for (const address of [...refused, '93.184.216.99']) {
    const network = new MadeUpNetwork()
    network.hosts.set('example.org', [address])
    await assert.rejects(connectorOn(network).connect(routeTo('example.org')), /does not connect to/)
    await assert.rejects(connectorOn(network).connect(routeTo(address)), /does not connect to/)
    assert.deepEqual(network.dialled, [])
  }
})

test('a name that leads inside the second time gains nothing by it', async () => {
  const server = await serverFor('example.org')
  const network = new MadeUpNetwork()
  network.hosts.set('example.org', [[publicAddress], ['127.0.0.1']])
  network.behind.set(`${publicAddress} 8448`, server.port).set('127.0.0.1 8448', server.port)
  const connector = connectorOn(network)
  ;(await connector.connect(routeTo('example.org'))).destroy()
  await assert.rejects(connector.connect(routeTo('example.org')), /does not connect to 127\.0\.0\.1/)
  assert.deepEqual(network.dialled, [`${publicAddress} 8448`])
})

test('of several addresses the allowed ones alone are tried, until one stands', async () => {
  const server = await serverFor('example.org')
  const network = new MadeUpNetwork()
  network.hosts.set('example.org', ['10.0.0.1', '2606:2800::1', '93.184.216.35', publicAddress])
  network.behind.set('2606:2800::1 8448', 'silent').set(`${publicAddress} 8448`, server.port)
  const socket = await connectorOn(network).connect(routeTo('example.org'))
  socket.destroy()
  assert.deepEqual(network.dialled, ['2606:2800::1 8448', '93.184.216.35 8448', `${publicAddress} 8448`])
})

test('targets are tried in order, and the last failure is told', async () => {
  const server = await serverFor('example.org')
  const network = new MadeUpNetwork()
  network.hosts.set('one.example.org', [publicAddress]).set('two.example.org', ['93.184.216.36'])
  const targets = [
    { host: 'none.example.org', port: 1 },
    { host: 'one.example.org', port: 2 },
    { host: 'two.example.org', port: 3 },
  ]
  const route = { hostHeader: 'example.org', certificateFor: 'example.org', targets }
  await assert.rejects(connectorOn(network).connect(route), /two\.example\.org port 3: connect ECONNREFUSED/)
  network.behind.set('93.184.216.36 3', server.port)
  ;(await connectorOn(network).connect(route)).destroy()
})

test('who is silent is given up after ten seconds, and a name that cannot be looked up at once', async () => {
  const runtime = new SimulatedRuntime(1)
  const network = new MadeUpNetwork()
  network.hosts.set('silent.example.org', [publicAddress]).set('unknown.example.org', 'failed')
  network.behind.set(`${publicAddress} 8448`, 'silent')
  const connector = connectorOn(network, trusted, runtime)
  const silent = connector.connect(routeTo('silent.example.org'))
  await assert.rejects(runtime.run(silent), (error: ConnectFailed) => error.isTimeout)
  assert.equal(runtime.time, 10_000)
  await assert.rejects(connector.connect(routeTo('unknown.example.org')), (error: ConnectFailed) => !error.isTimeout)
})

test('whoever gives up is told so at once', async () => {
  const runtime = new SimulatedRuntime(1)
  const network = new MadeUpNetwork()
  network.behind.set(`${publicAddress} 8448`, 'silent')
  const giveUp = new AbortController()
  const connecting = connectorOn(network, trusted, runtime).connect(routeTo(publicAddress), giveUp.signal)
  giveUp.abort(new Error('no longer wanted'))
  await assert.rejects(connecting, /no longer wanted/)
})
