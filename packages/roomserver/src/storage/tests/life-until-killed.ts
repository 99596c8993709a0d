/**
 * Lives the scripted life in a process of its own, with a fault at one point. Says what was acknowledged, a line each.
 */
import type { FaultPlan } from '../sqlite/index.ts'
import { openSqliteStorage } from '../sqlite/index.ts'
import { live } from './scripted-life.ts'

const [path, plan] = process.argv.slice(2)
const storage = await openSqliteStorage(path!, { faults: JSON.parse(plan!) as FaultPlan })
await live(storage, (position, payload) => process.stdout.write(`${position} ${payload}\n`))
await storage.close()
