/**
 * The places that the server listens at, each with the parts that answer there.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Listener } from '../config/index.ts'

/** A part of the server that answers requests: a plugin. */
export type Part = (fastify: FastifyInstance) => Promise<void>

export type PartName = Listener['serve'][number]

export interface OpenListener {
  readonly url: string
  readonly serve: readonly PartName[]
  close(): Promise<void>
}

export interface ListenOptions {
  /** What relative paths count from. */
  readonly directory: string
  readonly parts: Readonly<Partial<Record<PartName, Part>>>
  /** Bytes of a request, unless a route says otherwise. */
  readonly bodyLimit: number
}

/** Headers of a request: event IDs and user IDs in a URL are far shorter. */
const maxParameterLength = 2_048

/** @throws where the address cannot be listened at, or a certificate not be read */
export async function listenAt(
  listener: Listener,
  { directory, parts, bodyLimit }: ListenOptions,
): Promise<OpenListener> {
  const { address, port, serve, tls, trusted_proxies: proxies } = listener
  const https = tls && {
    cert: readFileSync(resolve(directory, tls.certificate)),
    key: readFileSync(resolve(directory, tls.key)),
  }
  const fastify = Fastify({
    bodyLimit,
    routerOptions: { maxParamLength: maxParameterLength },
    // Requests under way end before the server does; idle connections are cut.
    forceCloseConnections: 'idle',
    // From the last hop on, addresses are passed over as long as they are of proxies: the rest of the header anybody can make up.
    trustProxy: proxies.length === 0 ? false : [...proxies],
    ...(https === undefined ? {} : { https }),
  }) as FastifyInstance
  for (const name of new Set(serve)) {
    const part = parts[name]
    if (part !== undefined) await fastify.register(part)
  }
  const url = await fastify.listen({ host: address, port })
  return { url, serve, close: () => fastify.close() }
}
