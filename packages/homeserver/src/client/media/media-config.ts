/**
 * GET /media/config: how large a file may be. Client-server API, "Content repository".
 */
import { Type } from 'typebox'
import { endpoint, mediaV3, v1 } from '../endpoint.ts'

const response = Type.Object({ 'm.upload.size': Type.Integer() })

export const mediaConfig = endpoint(
  { method: 'GET', at: v1, path: '/media/config', access: 'user', response },
  ({ context }) => ({ 'm.upload.size': context.settings.media.maxUpload }),
)

export const mediaConfigOfOld = endpoint(
  { method: 'GET', at: mediaV3, path: '/config', access: 'user', response },
  ({ context }) => ({ 'm.upload.size': context.settings.media.maxUpload }),
)
