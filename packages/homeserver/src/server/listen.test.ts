import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfiguration } from '../config/index.ts'
import { listenAt, type Part } from './listen.ts'

/** Says whose address a request is counted under. */
const address: Part = async fastify => {
  fastify.get('/address', request => ({ address: request.ip }))
}

const cases: readonly (readonly [name: string, proxies: string, forwarded: string, counts: string])[] = [
  ['without trusted proxies the address of the connection counts', '[]', '203.0.113.7', '127.0.0.1'],
  ['behind a trusted proxy the address that it names counts', '[127.0.0.1]', '203.0.113.7', '203.0.113.7'],
  [
    'what stands before the address that a trusted proxy names is made up',
    '[127.0.0.0/8]',
    '198.51.100.1, 203.0.113.7',
    '203.0.113.7',
  ],
  [
    'of a chain of trusted proxies the address before all of them counts',
    '[127.0.0.1, 10.0.0.0/8]',
    '203.0.113.7, 10.1.2.3',
    '203.0.113.7',
  ],
  ['a proxy elsewhere than the trusted one is not believed', '[10.0.0.1]', '203.0.113.7', '127.0.0.1'],
]

for (const [name, proxies, forwarded, counts] of cases)
  test(name, async () => {
    const listen = `[{ port: 0, serve: [client], trusted_proxies: ${proxies} }]`
    const [listener] = loadConfiguration(undefined, { NEURITE_LISTEN: listen }, '/').listen
    assert.ok(listener !== undefined)
    const opened = await listenAt(listener, { directory: '/', parts: { client: address }, bodyLimit: 1_000 })
    try {
      const answer = await fetch(`${opened.url}/address`, { headers: { 'x-forwarded-for': forwarded } })
      assert.deepEqual(await answer.json(), { address: counts })
    } finally {
      await opened.close()
    }
  })
