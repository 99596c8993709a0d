import { after, test } from 'node:test'
import postgres from 'postgres'
import { compareWithModel } from '../tests/compare-storage.ts'
import type { Place } from '../tests/place.ts'
import { startPostgres } from '../tests/postgres-server.ts'
import { storageSuite } from '../tests/suite.ts'
import { openPostgresStorage } from './index.ts'

const server = await startPostgres()

if (typeof server === 'string') test('PostgreSQL', t => t.skip(server))
else {
  after(() => server.stop())
  let places = 0

  /** A schema of its own. */
  const newPlace = async (): Promise<Place> => {
    const schema = `place_${++places}`
    const execute = async (text: string) => {
      const sql = postgres(server.url, { max: 1, onnotice: () => undefined })
      await sql.unsafe(text)
      await sql.end()
    }
    await execute(`CREATE SCHEMA ${schema}`)
    return {
      open: () => openPostgresStorage(server.url, { schema }),
      takeOver: () => execute(`UPDATE ${schema}.partitions SET epoch = epoch + 1`),
      remove: () => execute(`DROP SCHEMA ${schema} CASCADE`),
    }
  }

  storageSuite('PostgreSQL', newPlace)

  test('PostgreSQL shows what the model shows, over 200 groups of random writes', async () => {
    const place = await newPlace()
    await compareWithModel(place, { seed: 1, groups: 200 })
    await place.remove()
  })
}
