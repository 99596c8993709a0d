import { storageSuite } from '../tests/suite.ts'
import { MemoryDisk, openMemoryStorage } from './index.ts'

storageSuite('in memory', async () => {
  const disk = new MemoryDisk()
  return {
    open: () => openMemoryStorage({ disk }),
    takeOver: async () => {
      disk.epoch++
    },
    remove: async () => undefined,
  }
})
