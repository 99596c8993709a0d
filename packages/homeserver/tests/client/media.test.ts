import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ClientServer, must } from './client-server.ts'

const server = await ClientServer.open()
after(async () => {
  assert.deepEqual(server.errors, [])
  await server.close()
})
const [alice, bob] = await Promise.all(['alice', 'bob'].map(name => server.user(name)))
assert.ok(alice !== undefined && bob !== undefined)

/** Larger than the bodies of other requests may be. */
const picture = Buffer.alloc(2 * 1024 * 1024, 'some picture')
const upload = async (query = '', type: string | undefined = 'image/png', content = picture) => {
  const answer = await server.bytes('POST', `/_matrix/media/v3/upload${query}`, alice.token, content, type)
  assert.equal(answer.status, 200, answer.bytes.toString())
  return JSON.parse(answer.bytes.toString()).content_uri.slice('mxc://'.length) as string
}
const download = (uri: string, token?: string, more = '') =>
  server.bytes('GET', `/_matrix/client/v1/media/download/${uri}${more}`, token)

test('a file comes back as it was uploaded, with its type and its name', async () => {
  const { status, headers, bytes } = await download(await upload('?filename=a%20%22name%22.png'), bob.token)
  assert.equal(status, 200)
  assert.ok(bytes.equals(picture))
  assert.equal(headers['content-type'], 'image/png')
  assert.equal(headers['content-disposition'], String.raw`inline; filename="a \"name\".png"`)
  assert.match(`${headers['content-security-policy']}`, /sandbox/)
})

test('what a browser might run is an attachment, and other names than ASCII are encoded', async () => {
  const { headers } = await download(await upload('', 'text/html'), bob.token, `/${encodeURIComponent('☕ (1)')}`)
  assert.equal(headers['content-disposition'], "attachment; filename*=utf-8''%E2%98%95%20%281%29")
})

test('media need a token, and the paths of old do too', async () => {
  const uri = await upload()
  assert.equal((await download(uri)).status, 401)
  assert.equal((await server.bytes('GET', `/_matrix/media/v3/download/${uri}`)).status, 404)
  assert.equal((await server.bytes('GET', `/_matrix/media/v3/download/${uri}`, bob.token)).status, 200)
  const thumbnail = `/_matrix/client/v1/media/thumbnail/${uri}?width=32&height=32`
  assert.equal((await server.bytes('GET', thumbnail, bob.token)).status, 200)
  assert.equal((await download('here.example/none', bob.token)).status, 404)
})

test('a URI can be had before its content, which whoever asks waits for', async () => {
  const { content_uri, unused_expires_at } = await must(alice.post('/_matrix/media/v1/create'))
  const uri = content_uri.slice('mxc://'.length)
  assert.equal(typeof unused_expires_at, 'number')
  const early = await download(uri, bob.token, '?timeout_ms=0')
  assert.equal(early.status, 504)
  assert.equal(JSON.parse(early.bytes.toString()).errcode, 'M_NOT_YET_UPLOADED')
  const waiting = download(uri, bob.token)
  const put = (token: string) => server.bytes('PUT', `/_matrix/media/v3/upload/${uri}`, token, picture, 'image/png')
  assert.equal((await put(bob.token)).status, 403)
  assert.equal((await put(alice.token)).status, 200)
  assert.ok((await waiting).bytes.equals(picture))
  assert.equal((await put(alice.token)).status, 409)
})

test('files have a bound, which clients are told', async () => {
  const { 'm.upload.size': most } = await must(alice.get('/_matrix/client/v1/media/config'))
  assert.equal(most, 3 * 1024 * 1024)
  const answer = await server.bytes(
    'POST',
    '/_matrix/media/v3/upload',
    alice.token,
    Buffer.alloc(most + 1),
    'image/png',
  )
  assert.equal(answer.status, 413)
  assert.equal(JSON.parse(answer.bytes.toString()).errcode, 'M_TOO_LARGE')
})
