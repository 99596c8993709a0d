import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readXMatrix, writeXMatrix } from './authorization-header.ts'

const plain = { origin: 'a.example', destination: 'b.example:8448', key: 'ed25519:1', signature: 'AbC+/0' }

test('what is written is read', () => {
  const written = writeXMatrix(plain)
  assert.equal(written, 'X-Matrix origin="a.example",destination="b.example:8448",key="ed25519:1",sig="AbC+/0"')
  assert.deepEqual(readXMatrix(written), plain)
  const old = { ...plain, destination: undefined }
  assert.deepEqual(readXMatrix(writeXMatrix(old)), old)
})

const alike: readonly (readonly [how: string, header: string])[] = [
  ['without quotes', 'X-Matrix origin=a.example,destination=b.example:8448,key=ed25519:1,sig=AbC+/0'],
  ['in another order', 'X-Matrix sig="AbC+/0",key="ed25519:1",destination="b.example:8448",origin="a.example"'],
  ['with spaces', 'X-Matrix  origin = "a.example" , destination="b.example:8448",\tkey="ed25519:1" ,sig="AbC+/0"'],
  ['in other letters', 'x-mATRIX Origin="a.example",DESTINATION="b.example:8448",Key="ed25519:1",SIG="AbC+/0"'],
  ['with escapes', 'X-Matrix origin="a.ex\\ample",destination="b.example:8448",key="ed25519:1",sig="AbC+/0"'],
  ['with more', 'X-Matrix origin="a.example",destination="b.example:8448",key="ed25519:1",sig="AbC+/0",new=1'],
  ['with empty parts', 'X-Matrix ,origin="a.example",,destination="b.example:8448",key="ed25519:1",sig="AbC+/0",'],
]
for (const [how, header] of alike) test(`it is read ${how}`, () => assert.deepEqual(readXMatrix(header), plain))

const refused = [
  'Bearer abc',
  'X-Matrix',
  'X-Matrix origin="a.example",key="ed25519:1"',
  'X-Matrixorigin="a.example",key="ed25519:1",sig="AbC"',
  'X-Matrix origin="a.example",origin="c.example",key="ed25519:1",sig="AbC"',
  'X-Matrix origin="a.example,key="ed25519:1",sig="AbC"',
  'X-Matrix origin=a.example key=ed25519:1 sig=AbC',
  `X-Matrix origin="${'a'.repeat(5_000)}",key="ed25519:1",sig="AbC"`,
]
for (const header of refused)
  test(`it is refused: ${header.slice(0, 60)}`, () => assert.equal(readXMatrix(header), undefined))
