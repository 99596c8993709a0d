/**
 * The metrics, where Prometheus asks for them, and figures that are looked up when it does.
 */
import type { RoomServerApi } from '@neurite/roomserver/api'
import type { Metrics } from '../metrics/metrics.ts'
import type { Part } from './listen.ts'

export function metricsPart(metrics: Metrics, { queryStats }: Pick<RoomServerApi, 'queryStats'>): Part {
  const figure = (name: string, help: string, read: (stats: Awaited<ReturnType<typeof queryStats>>) => number) =>
    metrics.gauge(`neurite_${name}`, help, async () => read(await queryStats({})))
  figure('rooms', 'Rooms that are stored.', ({ rooms }) => rooms)
  figure('events', 'Events that are stored, rejected ones and outliers counted in.', ({ events }) => events)
  figure('queued_events', 'Events that wait in the durable queue.', ({ queuedEvents }) => queuedEvents)
  figure('output_position', 'The last position of the output log.', ({ outputPosition }) => Number(outputPosition))
  return async fastify => {
    fastify.get('/metrics', async (_, reply) =>
      reply.header('content-type', metrics.registry.contentType).send(await metrics.text()),
    )
  }
}
