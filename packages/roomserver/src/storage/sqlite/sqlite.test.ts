import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storageSuite } from '../tests/suite.ts'
import { openSqliteStorage } from './index.ts'

storageSuite('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'neurite-storage-'))
  const path = join(folder, 'neurite.db')
  return {
    open: () => openSqliteStorage(path),
    takeOver: async () => {
      const other = new DatabaseSync(path)
      other.exec('UPDATE partitions SET epoch = epoch + 1')
      other.close()
    },
    remove: () => rm(folder, { recursive: true }),
  }
})
