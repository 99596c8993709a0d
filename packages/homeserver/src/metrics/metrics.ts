/**
 * What the server counts and times, for Prometheus. Names follow its conventions: base units, `_total` for counters. Each is explained in
 * docs/operators-guide.md.
 */
import type { PipelineObserver } from '@neurite/roomserver'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds: from a read in memory to a join of a very large room. */
const callBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** Seconds: from a look into a cache to other servers that take their time. */
const stageBuckets = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120]

export class Metrics {
  readonly registry = new Registry()
  /** The pipeline of the room server. */
  readonly pipeline: PipelineObserver
  readonly #calls: Histogram<'operation' | 'outcome'>
  readonly #requests: Histogram<'part' | 'route' | 'method' | 'status'>
  readonly #asked: Histogram<'endpoint' | 'status'>
  readonly #errors: Counter<'where'>

  constructor() {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    this.#calls = new Histogram({
      name: 'neurite_room_server_call_seconds',
      help: 'Calls of the room server over HTTP, by operation and outcome.',
      labelNames: ['operation', 'outcome'],
      buckets: callBuckets,
      registers,
    })
    this.#requests = new Histogram({
      name: 'neurite_http_request_seconds',
      help: 'HTTP requests of clients (part client) and other servers (part federation), by route and status.',
      labelNames: ['part', 'route', 'method', 'status'],
      buckets: callBuckets,
      registers,
    })
    this.#asked = new Histogram({
      name: 'neurite_federation_request_seconds',
      help: 'Requests to other servers until their answer begins, by endpoint and status; none where no answer came.',
      labelNames: ['endpoint', 'status'],
      buckets: callBuckets,
      registers,
    })
    this.#errors = new Counter({
      name: 'neurite_unexpected_errors_total',
      help: 'Errors that nothing was prepared for: each is in the log.',
      labelNames: ['where'],
      registers,
    })
    const stageSeconds = new Histogram({
      name: 'neurite_pipeline_stage_seconds',
      help: 'How long the stages of the way of an event take.',
      labelNames: ['stage'],
      buckets: stageBuckets,
      registers,
    })
    const events = new Counter({
      name: 'neurite_pipeline_events_total',
      help: 'What became of events, each time that they were looked at.',
      labelNames: ['result'],
      registers,
    })
    this.pipeline = {
      stage: (stage, duration) => stageSeconds.observe({ stage }, duration / 1_000),
      event: result => events.inc({ result }),
    }
  }

  /** @param duration milliseconds */
  called(operation: string, outcome: string, duration: number): void {
    this.#calls.observe({ operation, outcome }, duration / 1_000)
  }

  /** @param duration milliseconds */
  requested(
    part: string,
    { path, method }: { readonly path: string; readonly method: string },
    status: number,
    duration: number,
  ): void {
    this.#requests.observe({ part, route: path, method, status: `${status}` }, duration / 1_000)
  }

  /** Another server was asked. @param duration milliseconds */
  asked(endpoint: string, status: number | string, duration: number): void {
    this.#asked.observe({ endpoint, status: `${status}` }, duration / 1_000)
  }

  unexpected(where: string): void {
    this.#errors.inc({ where })
  }

  /** A figure that is asked for when it is read. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read())
      },
    })
  }

  /** The text that Prometheus reads. */
  text(): Promise<string> {
    return this.registry.metrics()
  }
}
