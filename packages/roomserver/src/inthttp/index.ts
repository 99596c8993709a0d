/** The contract over HTTP: server, client, and the OpenAPI document, all derived from api/. */
export { type HttpRoomServer, type HttpRoomServerOptions, httpRoomServer } from './client.ts'
export { errorBody, toRoomServerError } from './errors.ts'
export { openApiDocument } from './openapi.ts'
export { defaultBodyLimit, type RoomServerRoutes, roomServerRoutes } from './server.ts'
export { fits, type Misfit, misfit, misfits } from './validation.ts'
export { basePath, idempotencyHeader, pathOf, timeoutHeader } from './wire.ts'
