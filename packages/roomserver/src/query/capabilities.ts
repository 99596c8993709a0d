/**
 * The room versions that this server knows, and which it creates rooms in.
 */

import { defaultRoomVersion, roomVersions } from '@neurite/protocol'
import type { ResponseFrom } from '../api/index.ts'

export async function capabilities(): Promise<ResponseFrom<'queryCapabilities'>> {
  const available = Object.fromEntries([...roomVersions.keys()].map(version => [version, 'stable' as const]))
  return { default: defaultRoomVersion, available }
}
