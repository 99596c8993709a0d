/** Rooms shared with a real Synapse: every scenario in room versions 1, 6, 9, 10, 11 and 12, the room made on either program. */
import { partsAsTests } from './parts-as-tests.ts'

await partsAsTests({ short: false, versions: [], scenarios: [] })
