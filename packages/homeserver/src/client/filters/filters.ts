/**
 * POST /user/{userId}/filter and GET …/filter/{filterId}. Client-server API, "Filtering".
 */
import { Type } from 'typebox'
import { mustBeOwn } from '../authenticate.ts'
import { endpoint, v3 } from '../endpoint.ts'
import { forbidden, notFound } from '../errors.ts'
import { tokenHash } from '../tokens.ts'
import { syncFilter } from './filter-schema.ts'

/** Clients define the same few again and again, which are kept once. */
const maxFilters = 10_000

export const defineFilter = endpoint(
  {
    method: 'POST',
    at: v3,
    path: '/user/{userId}/filter',
    access: 'user',
    body: syncFilter,
    response: Type.Object({ filter_id: Type.String() }),
  },
  async ({ context, caller, parameters, body }) => {
    const { filters } = context.tables
    mustBeOwn(caller, parameters.userId)
    const definition = JSON.stringify(body)
    const hash = tokenHash(definition)
    const known = filters.idOf(caller.userId, hash)
    if (known !== undefined) return { filter_id: `${known}` }
    if (filters.count(caller.userId) >= maxFilters) throw forbidden(`you have ${maxFilters} filters already`)
    const [added] = await context.database.write(filters.add(caller.userId, definition, hash))
    // Somebody may have been faster with the same one.
    return { filter_id: `${added?.rows[0]?.['filter_id'] ?? filters.idOf(caller.userId, hash)}` }
  },
)

export const getFilter = endpoint(
  { method: 'GET', at: v3, path: '/user/{userId}/filter/{filterId}', access: 'user', response: syncFilter },
  ({ context, caller, parameters }) => {
    mustBeOwn(caller, parameters.userId)
    const { filterId } = parameters
    const filter = /^\d{1,9}$/.test(filterId) ? context.tables.filters.find(caller.userId, Number(filterId)) : undefined
    if (filter === undefined) throw notFound('you have no such filter')
    return filter
  },
)
