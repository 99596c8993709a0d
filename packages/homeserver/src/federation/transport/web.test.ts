import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nodeRuntime } from '@neurite/roomserver/runtime'
import { AddressPolicy } from '../discovery/index.ts'
import { Authority, byPath, json, MadeUpNetwork, type Script, ScriptedServer } from '../testing/index.ts'
import { Connector } from './connector.ts'
import { trustIn } from './trust.ts'
import { Web } from './web.ts'

const authority = new Authority('made-up authority')
const network = new MadeUpNetwork()
const connector = new Connector({
  network,
  policy: new AddressPolicy({ allowPrivate: false, denied: [] }),
  trust: trustIn([authority.certificate], true),
  timers: nodeRuntime.timers,
})
const web = new Web(connector, nodeRuntime)
const options = { maxBytes: 1_000, timeout: 5_000 }
const get = (url: string, more: Partial<typeof options> = {}) => web.get(new URL(url), { ...options, ...more })

const server = await ScriptedServer.start(authority.issue(['example.org', '93.184.216.34', 'localhost']), json({}))
network.hosts
  .set('example.org', ['93.184.216.34'])
  .set('inside.example.org', ['10.0.0.7'])
  .set('localhost', ['127.0.0.1'])
for (const port of [443, 8443]) network.behind.set(`93.184.216.34 ${port}`, server.port)
for (const inside of ['127.0.0.1 443', '10.0.0.7 443', '::1 443']) network.behind.set(inside, server.port)
after(() => server.close())

const redirect =
  (location: string, status = 302): Script =>
  (_, response) => {
    response.writeHead(status, { location }).end()
  }

test('redirects are followed, to other paths, ports and addresses', async () => {
  server.script = byPath({
    '/a': redirect('/b', 301),
    '/b': redirect('https://example.org:8443/c', 307),
    '/c': redirect('https://93.184.216.34/d', 308),
    '/d': json({ done: true }),
  })
  const { status, body } = await get('https://example.org/a?x=1')
  assert.deepEqual([status, JSON.parse(body)], [200, { done: true }])
  assert.deepEqual(
    server.asked.map(({ url, headers }) => `${headers.host}${url}`),
    ['example.org/a?x=1', 'example.org/b', 'example.org:8443/c', '93.184.216.34/d'],
  )
})

test('a redirect to where we must not go is refused, and nothing is asked there', async () => {
  const inside = [
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://0x7f000001/x',
    'https://2130706433/x',
    'https://0177.0.0.1/x',
    'https://127.1/x',
    'https://localhost/x',
    'https://inside.example.org/x',
    'http://example.org/x',
    'ftp://example.org/x',
    'file:///etc/passwd',
    'https://:80:80/',
  ]
  for (const location of inside) {
    server.script = byPath({ '/a': redirect(location) })
    network.dialled.length = 0
    await assert.rejects(get('https://example.org/a'), { name: 'WebRequestFailed' }, location)
    assert.deepEqual(network.dialled, ['93.184.216.34 443'], location)
  }
})

test('redirects in a circle, and too many of them, are refused', async () => {
  server.script = byPath({ '/a': redirect('/b'), '/b': redirect('/a#again') })
  await assert.rejects(get('https://example.org/a'), /in a circle/)
  let page = 0
  server.script = (asked, response) => redirect(`/${page++}`)(asked, response)
  await assert.rejects(get('https://example.org/a'), /more than 5 redirects/)
  assert.equal(page, 6)
})

test('a page that is too large, or takes too long, is refused', async () => {
  server.script = (_, response) => {
    response.writeHead(200)
    // Never ends.
    response.write('x'.repeat(1_001))
  }
  await assert.rejects(get('https://example.org/large'), /more than 1000 bytes/)
  server.script = (_, response) => void response.writeHead(200).write('x')
  await assert.rejects(get('https://example.org/slow', { timeout: 50 }), /not done within 50 ms/)
})

test('JSON is sent to where it is meant for, and to nobody else', async () => {
  const { signal } = new AbortController()
  const post = (url: string) => web.postJson(new URL(url), '{"a":1}', { ...options, signal })
  server.asked.length = 0
  server.script = json({ done: true })
  assert.deepEqual(JSON.parse((await post('https://example.org/notify')).body), { done: true })
  assert.deepEqual(
    server.asked.map(({ method, url, body, headers }) => [method, url, body, headers['content-type']]),
    [['POST', '/notify', '{"a":1}', 'application/json']],
  )
  server.script = redirect('https://example.org:8443/elsewhere', 307)
  assert.equal((await post('https://example.org/notify')).status, 307)
  network.dialled.length = 0
  for (const inside of ['https://inside.example.org/notify', 'https://127.0.0.1/notify', 'http://example.org/notify'])
    await assert.rejects(post(inside), { name: 'WebRequestFailed' }, inside)
  assert.deepEqual(network.dialled, [])
})

test('no connection is left over', async () => {
  server.script = json({})
  await get('https://example.org/')
  // The other end hears of it a moment later; were it left open, this would never end and the test's time limit would.
  while (server.connections > 0) await nodeRuntime.timers.sleep(5)
  assert.equal(server.connections, 0)
})
