/**
 * GET /profile/{userId}. Client-server API, "Profiles".
 */
import { endpoint, v3 } from '../endpoint.ts'
import { anyObject } from '../schemas.ts'
import { findProfile } from './find-profile.ts'

export const profile = endpoint(
  { method: 'GET', at: v3, path: '/profile/{userId}', access: 'anyone', response: anyObject },
  ({ context, parameters, request }) => findProfile(context, parameters.userId, undefined, request),
)
