/**
 * GET /versions. Client-server API, "API Versions".
 */
import { Type } from 'typebox'
import { endpoint, unversioned } from '../endpoint.ts'

/** What is there is as v1.19 has it; what older versions had is there too as far as v1.19 keeps it. */
const supported = ['r0.6.1', ...Array.from({ length: 19 }, (_, minor) => `v1.${minor + 1}`)]

export const versions = endpoint(
  {
    method: 'GET',
    at: unversioned,
    path: '/versions',
    access: 'anyone',
    response: Type.Object({
      versions: Type.Array(Type.String()),
      unstable_features: Type.Record(Type.String(), Type.Boolean()),
    }),
  },
  () => ({ versions: supported, unstable_features: {} }),
)
