/**
 * The contract as an OpenAPI document, made from the table: TypeBox schemas are JSON Schema already.
 */
import { commonErrors, type ErrorCode, errorStatuses, type Operation, operations } from '../api/index.ts'
import { idempotencyHeader, pathOf, timeoutHeader } from './wire.ts'

const errorSchema = {
  type: 'object',
  required: ['errcode', 'error'],
  properties: {
    errcode: { type: 'string' },
    error: { type: 'string', description: 'For people: it names the room, event or setting.' },
    retry_after_ms: { type: 'integer' },
    room_version: { type: 'string' },
    rule: { type: 'string' },
    decided_by: { type: 'string' },
  },
}

const sentences = {
  full: '',
  waits: ' In a room whose state is not complete yet it waits for that.',
  partial: ' In a room whose state is not complete yet it says `partial`.',
} as const

/** OpenAPI 3.1. */
export function openApiDocument(): Record<string, unknown> {
  const paths = Object.entries(operations as Record<string, Operation>).map(([name, operation]) => [
    pathOf(name as keyof typeof operations),
    { post: operationObject(name, operation) },
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Neurite room server',
      version: '1',
      description: 'The contract of the room server. One POST an operation; every call shows the shared secret.',
    },
    components: {
      securitySchemes: { secret: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: errorSchema },
    },
    security: [{ secret: [] }],
    paths: Object.fromEntries(paths),
  }
}

function operationObject(name: string, { kind, summary, request, response, errors, partialState }: Operation) {
  const header = (headerName: string, description: string, type: string) => {
    return { name: headerName, in: 'header', required: false, description, schema: { type } }
  }
  return {
    operationId: name,
    summary,
    description: `${summary}${sentences[partialState]}`,
    tags: [kind],
    parameters: [
      header(timeoutHeader, 'How long the caller waits, in milliseconds.', 'integer'),
      ...(kind === 'perform' ? [header(idempotencyHeader, 'Calls with the same key are one call.', 'string')] : []),
    ],
    requestBody: { required: true, content: { 'application/json': { schema: request } } },
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: response } } },
      ...errorResponses([...errors, ...commonErrors, 'M_UNAUTHORIZED', 'M_INVALID_PARAM']),
    },
  }
}

/** By status, with the errcodes that go with it. */
function errorResponses(codes: readonly ErrorCode[]): Record<number, unknown> {
  const byStatus = new Map<number, Set<ErrorCode>>()
  for (const code of codes) {
    const status = errorStatuses[code]
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code))
  }
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [status, { description: [...names].sort().join(', '), content }]),
  )
}
