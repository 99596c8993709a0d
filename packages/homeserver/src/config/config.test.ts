import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parse } from 'yaml'
import { bytesOf, configurationFile, configurationTable, loadConfiguration, millisecondsOf } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurite-config-'))
after(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('without a file and an environment the defaults count, and the data lies where the server is started', () => {
  const { server_name, data_directory, listen, source } = loadConfiguration(undefined, {}, folder)
  assert.deepEqual({ server_name, source }, { server_name: 'localhost', source: 'defaults' })
  assert.equal(data_directory, join(folder, 'data'))
  assert.deepEqual(
    listen.map(({ address, port }) => [address, port]),
    [['127.0.0.1', 8008]],
  )
})

test('a file sets what it names, and relative paths count from it', () => {
  const path = file('some.yaml', 'server_name: example.org\ndata_directory: here\nlisten:\n  - port: 0\n')
  const { server_name, data_directory, listen, log } = loadConfiguration(path, {}, '/')
  assert.equal(server_name, 'example.org')
  assert.equal(data_directory, join(folder, 'here'))
  assert.equal(listen[0]?.port, 0)
  assert.equal(listen[0]?.address, '127.0.0.1')
  assert.equal(log.level, 'info')
})

test('the environment goes over the file, one level down by two underscores, and may name the file', () => {
  const path = file('under.yaml', 'server_name: example.org\nlog:\n  level: warn\n  format: json\n')
  const environment = { NEURITE_CONFIG: path, NEURITE_LOG__LEVEL: 'debug', NEURITE_LISTEN: '[{port: 7}]', HOME: '/x' }
  const { server_name, log, listen } = loadConfiguration(undefined, environment, '/')
  assert.deepEqual(log, { level: 'debug', format: 'json' })
  assert.equal(server_name, 'example.org')
  assert.equal(listen[0]?.port, 7)
})

const refused: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['a misspelt key', 'sever_name: x', /sever_name: it is not known here/],
  ['a misspelt key further down', 'log:\n  levle: info', /log\.levle: it is not known here/],
  ['a value that is none of those allowed', 'log:\n  level: loud', /log\.level: must be one of "fatal", .*"silent"/],
  ['a wrong type', 'listen:\n  - port: eighty', /listen\.0\.port: must be integer/],
  ['what is no amount', 'rooms:\n  cache: 12 apples', /rooms\.cache: must match/],
  ['what is no server name', 'server_name: "a b"', /server_name: "a b" is no server name/],
  [
    'a room version that there is not',
    'rooms:\n  default_version: "13"',
    /rooms\.default_version: there is no room version 13/,
  ],
  [
    'a proxy that is no address',
    'listen: [{ trusted_proxies: [10.0.0.0/33] }]',
    /listen\.0\.trusted_proxies: 10\.0\.0\.0\/33 has no prefix length between 0 and 32/,
  ],
  ['what is no YAML', 'a: [', /refused-.*yaml: /],
  ['a list in place of keys', '- a', /it must hold keys and values/],
]
for (const [what, text, says] of refused)
  test(`${what} is refused by the name of its key`, () => {
    const path = file(`refused-${refused.findIndex(entry => entry[0] === what)}.yaml`, text)
    assert.throws(() => loadConfiguration(path, {}, folder), { name: 'ConfigurationError', message: says })
  })

test('a file that is named and not there is refused; an unknown variable is too', () => {
  assert.throws(() => loadConfiguration(join(folder, 'none.yaml'), {}, folder), /none\.yaml: it cannot be read/)
  assert.throws(() => loadConfiguration(undefined, { NEURITE_LOGG: 'x' }, folder), /NEURITE_LOGG: is no key/)
})

test('a generated file holds what was chosen, explains every key, and reads back to the same configuration', () => {
  const text = configurationFile({ server_name: 'example.org', log: { level: 'debug' } })
  assert.deepEqual(parse(text), { server_name: 'example.org', log: { level: 'debug' } })
  assert.match(text, /# cache: 256 MiB/)
  assert.match(text, /# public_url:$/m)
  assert.doesNotMatch(text, /^ *# \{\}$/m)
  const path = file('generated.yaml', text)
  const { log, server_name } = loadConfiguration(path, {}, folder)
  assert.deepEqual([server_name, log.level, log.format], ['example.org', 'debug', 'text'])
})

test('docs/configuration.md has the table of all keys as the schema says them', () => {
  const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')
  const table = page.split('\n').filter(line => line.startsWith('|'))
  // To write it again: npm run -s neurite -- config keys
  assert.deepEqual(table, configurationTable().split('\n'))
  assert.match(configurationTable(), /`listen\[\]\.tls\.certificate` \| – \| `"tls\.crt"`/)
})

test('amounts are read with their units', () => {
  assert.deepEqual(['256 MiB', '3kB', '17', '2 GB'].map(bytesOf), [268_435_456, 3_000, 17, 2_000_000_000])
  assert.deepEqual(
    ['10 s', '5ms', '2 min', '1h', '1 d'].map(millisecondsOf),
    [10_000, 5, 120_000, 3_600_000, 86_400_000],
  )
})
