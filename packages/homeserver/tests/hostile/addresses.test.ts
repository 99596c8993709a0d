/**
 * Servers whose names and answers lead where nobody should go: names that stand for addresses of the machine and its network in some
 * spelling, and redirections there. Server-server API, "Server discovery".
 */
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { after, test } from 'node:test'
import { nodeCrypto } from '@neurite/protocol'
import { message, signerOf } from '@neurite/roomserver/input/testing'
import { until } from '../interop/until.ts'
import { HostileWorld } from './hostile-world.ts'

const federation = '/_matrix/federation/v1'

/** Something within the network that nobody outside should reach. */
async function inside(): Promise<{ readonly port: number; readonly reached: () => number; close(): void }> {
  let connections = 0
  const server: Server = createServer(socket => {
    connections++
    socket.destroy()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, reached: () => connections, close: () => server.close() }
}

const secret = await inside()
/** Connects to its own machine, where the liar is. */
const near = await HostileWorld.open()
/** Connects to nothing on its own machine. */
const guarded = await HostileWorld.open({ privateAddresses: false })
after(async () => {
  secret.close()
  await near.close()
  await guarded.close()
})

/** Spellings of loopback and of other addresses within. */
const tricks = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.0.0.1.',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  'localhost',
  'LOCALHOST',
  '169.254.169.254',
]

for (const host of tricks)
  test(`a server that is called ${host} is not connected to`, async () => {
    const signer = signerOf(`${host}:${secret.port}`, nodeCrypto)
    // Its key is asked for where its name leads.
    const { status } = await guarded.liar.ask('GET', `${federation}/query/directory?room_alias=x`, undefined, signer)
    assert.ok(status >= 400 && status < 500, `${status}`)
    assert.equal(secret.reached(), 0)
    await guarded.unharmed()
  })

test('a user who looks for a room on such a server is told that it is not there, and nothing is connected to', async () => {
  for (const host of tricks) {
    const alias = `#room:${host}:${secret.port}`
    const { status } = await guarded.ann.ask('POST', `/join/${encodeURIComponent(alias)}`, {})
    assert.ok(status >= 400 && status < 600, `${host}: ${status}`)
  }
  assert.equal(secret.reached(), 0)
  await guarded.unharmed()
})

test('redirections to addresses within are not followed', async () => {
  const { liar } = near
  const room = await near.attackedRoom()
  for (const status of [301, 302, 303, 307, 308]) {
    const missing = room.teller.tell(message(room.eve, `missing ${status}`), room.joined)
    const told = room.teller.tell(message(room.eve, 'go and look there'), missing)
    liar.answer({}, (_, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${secret.port}/` })
      response.end()
    })
    const asked = liar.asked('get_missing_events').length
    await liar.send(told)
    assert.ok(liar.asked('get_missing_events').length > asked, 'it was asked')
  }
  assert.equal(secret.reached(), 0)
  liar.answer({})
  await near.unharmed(room)
})

test('keys that another server’s name stands on, keys without a signature, and keys without end are no keys', async () => {
  const { liar } = near
  const answers = {
    'another name': { ...liar.keyAnswer(), server_name: 'else.example' },
    unsigned: liar.keyAnswer(),
    expired: { ...liar.keyAnswer(), valid_until_ts: 1 },
  }
  // Under a name of its own, so that its key is not known yet: the same address in another spelling.
  const signer = signerOf(`127.0.0.1:${liar.server.port}`, nodeCrypto)
  const script = liar.server.script
  for (const [what, keys] of Object.entries(answers)) {
    liar.server.script = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(keys))
    }
    const { status, body } = await liar.ask('GET', `${federation}/query/directory?room_alias=x`, undefined, signer)
    assert.equal(status, 401, `${what}: ${JSON.stringify(body)}`)
  }
  liar.server.script = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const part = 'x'.repeat(65_536)
    const more = (): void => {
      while (!response.destroyed && response.write(part));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  }
  const { status } = await liar.ask('GET', `${federation}/query/directory?room_alias=x`, undefined, signer)
  assert.equal(status, 401)
  liar.server.script = script
  await until('it hears its friends again', async () => (await liar.sendTransaction('after', {})).status === 200)
  await near.unharmed()
})
