import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { endpoints } from './index.ts'

/** Operations of the server-server API, 1.19. */
const known = 36

/** The specification's own data, where it lies beside the repository. */
const folder = fileURLToPath(
  new URL('../../../../../../../shared/matrix-spec/data/api/server-server/', import.meta.url),
)
const missing =
  'the data of the specification is not beside the repository (../shared/matrix-spec): nothing was compared'

interface Document {
  readonly servers: readonly { readonly variables: { readonly basePath?: { readonly default: string } } }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const methods = ['get', 'put', 'post', 'delete']

function operationsIn(file: string): string[] {
  const { servers, paths } = parse(readFileSync(join(folder, file), 'utf8')) as Document
  const base = servers[0]?.variables.basePath?.default ?? ''
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter(method => methods.includes(method))
      .map(method => `${method.toUpperCase()} ${base}${path}`),
  )
}

/** A path whatever its parts are called. */
const shape = (operation: string) => operation.replace(/\{[^}]+\}/g, '{}')

test('every operation of the server-server API has an endpoint', { skip: existsSync(folder) ? false : missing }, () => {
  const files = readdirSync(folder).filter(name => name.endsWith('.yaml'))
  const wanted = files.flatMap(operationsIn)
  assert.equal(wanted.length, known)
  const here = new Set(endpoints.map(({ method, path }) => shape(`${method} ${path}`)))
  assert.deepEqual(
    wanted.filter(operation => !here.has(shape(operation))),
    [],
  )
})

test('no endpoint is there twice', () => {
  const shapes = endpoints.map(({ method, path }) => shape(`${method} ${path}`))
  assert.deepEqual(shapes, [...new Set(shapes)])
})
