/**
 * Opens a database, commits once, says so and stays: to be killed.
 */
import { openSqliteStorage } from '../sqlite/index.ts'
import { TestRoom } from './rooms.ts'

const storage = await openSqliteStorage(process.argv[2]!)
const room = await TestRoom.in(storage)
await storage.commit(room.commit({ outputs: ['committed'] }))
process.stdout.write('ready\n')
