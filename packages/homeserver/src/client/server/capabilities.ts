/**
 * GET /capabilities. Client-server API, "Capabilities negotiation".
 */
import { Type } from 'typebox'
import { endpoint, v3 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'

const yes = { enabled: true }
const no = { enabled: false }

export const capabilities = endpoint(
  {
    method: 'GET',
    at: v3,
    path: '/capabilities',
    access: 'user',
    response: Type.Object({ capabilities: anyObject }),
  },
  async ({ context, caller }) => {
    const { available } = await context.roomServer.queryCapabilities({})
    const { defaultRoomVersion: newRooms } = context.settings
    return {
      capabilities: {
        'm.room_versions': { default: newRooms, available },
        'm.change_password': yes,
        'm.profile_fields': yes,
        // As m.profile_fields says it, for clients that do not know that one.
        'm.set_displayname': yes,
        'm.set_avatar_url': yes,
        'm.3pid_changes': no,
        'm.get_login_token': no,
        'm.forget_forced_upon_leave': no,
        ...(caller.isAdmin ? { 'm.account_moderation': { suspend: true, lock: true } } : {}),
      },
    }
  },
)
