/** Rooms shared with a real Synapse, in the two room versions that differ most and are in use. All versions: interop.long.test.ts. */
import { partsAsTests } from './parts-as-tests.ts'

await partsAsTests({ short: true, versions: [], scenarios: [] })
