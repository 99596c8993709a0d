/**
 * The metrics, where Prometheus asks for them, and figures that are looked up when it does.
 */
import type { RoomServer } from '@neurite/roomserver'
import type { RoomServerApi } from '@neurite/roomserver/api'
import type { FederationSender } from '../federation/sender/index.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Part } from './listen.ts'

export interface MeasuredParts {
  readonly roomServer: Pick<RoomServer, 'queued'> & { readonly api: Pick<RoomServerApi, 'queryStats'> }
  readonly sender: Pick<FederationSender, 'waiting'>
}

export function metricsPart(metrics: Metrics, { roomServer, sender }: MeasuredParts): Part {
  const { queryStats } = roomServer.api
  const figure = (name: string, help: string, read: (stats: Awaited<ReturnType<typeof queryStats>>) => number) =>
    metrics.gauge(`neurite_${name}`, help, async () => read(await queryStats({})))
  figure('rooms', 'Rooms that are stored.', ({ rooms }) => rooms)
  figure('events', 'Events that are stored, rejected ones and outliers counted in.', ({ events }) => events)
  figure('queued_events', 'Events that wait in the durable queue.', ({ queuedEvents }) => queuedEvents)
  figure('output_position', 'The last position of the output log.', ({ outputPosition }) => Number(outputPosition))
  metrics.gauge('neurite_pipeline_rooms', 'Rooms that have work.', () => roomServer.queued.rooms)
  metrics.gauge('neurite_pipeline_waiting', 'Pieces of work that wait for their room.', () => roomServer.queued.waiting)
  metrics.gauge('neurite_federation_waiting', 'Events and rooms that wait to be sent to servers.', () => sender.waiting)
  return async fastify => {
    fastify.get('/metrics', async (_, reply) =>
      reply.header('content-type', metrics.registry.contentType).send(await metrics.text()),
    )
  }
}
