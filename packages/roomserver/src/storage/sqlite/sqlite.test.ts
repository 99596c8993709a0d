import { sqlitePlace } from '../tests/sqlite-place.ts'
import { storageSuite } from '../tests/suite.ts'

storageSuite('SQLite', sqlitePlace)
