import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeCrypto } from './node-crypto.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** RFC 8032, 7.1, test 2: one byte, `r`. */
const rfc8032 = {
  seed: hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'),
  publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  message: 'r',
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
    '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
}

test('text is hashed as UTF-8', () => {
  assert.equal(toHex(nodeCrypto.sha256('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  assert.equal(toHex(nodeCrypto.sha1('abc')), 'a9993e364706816aba3e25717850c26c9cd0d89d')
  assert.equal(toHex(nodeCrypto.sha1('é')), 'bf15be717ac1b080b4f1c456692825891ff5073d')
})

test('signatures are those of RFC 8032', async () => {
  const { seed, publicKey, message, signature } = rfc8032
  assert.equal(toHex(nodeCrypto.publicKeyOf(seed)), publicKey)
  assert.equal(toHex(nodeCrypto.sign(seed, message)), signature)
  assert.equal(nodeCrypto.verify(hex(publicKey), message, hex(signature)), true)
  assert.equal(await nodeCrypto.verifyAsync(hex(publicKey), message, hex(signature)), true)
})

test('what is no key or no signature verifies nothing, and throws nothing', async () => {
  const publicKey = hex(rfc8032.publicKey)
  const signature = hex(rfc8032.signature)
  const { message } = rfc8032
  for (const [key, text, bytes] of [
    [publicKey, 'R', signature],
    [publicKey, message, signature.slice(1)],
    [publicKey, message, new Uint8Array()],
    [publicKey, message, new Uint8Array(64)],
    [publicKey, message, new Uint8Array(65)],
    [publicKey.slice(1), message, signature],
    [new Uint8Array(), message, signature],
    [new Uint8Array(32).fill(0xff), message, signature],
  ] as const) {
    assert.equal(nodeCrypto.verify(key, text, bytes), false)
    assert.equal(await nodeCrypto.verifyAsync(key, text, bytes), false)
  }
})

test('a seed has 32 bytes', () => {
  for (const seed of [new Uint8Array(), new Uint8Array(31), new Uint8Array(64)]) {
    assert.throws(() => nodeCrypto.sign(seed, 'x'), RangeError)
    assert.throws(() => nodeCrypto.publicKeyOf(seed), RangeError)
  }
})
